/** Guarantees of what a server's JSON-RPC response comes to over REST. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type ReadReply, readReply } from './read-reply.ts';

const read = (text: string, isError = false): ReadReply => readReply(Buffer.from(text), isError);

it('a result goes out as the bytes that it is, wherever it stands in the message', () => {
  const result = '{ "content": [], "isError": false, "n": 1.0, "text": "\\u00e4" }';
  for (const text of [
    `{"jsonrpc":"2.0","id":"a","result":${result}}`,
    `{"result": ${result} ,"id":"a","error":null,"jsonrpc":"2.0"}`,
  ]) {
    const reply = read(text);
    assert.equal('result' in reply && reply.result.toString(), result);
  }
});

it('a tool that failed is 422 with its words, and with all that it said', () => {
  const result =
    '{"content":[{"type":"text","text":"no such"},{"type":"image"},{"type":"text","text":"file"}],"isError":true}';
  const reply = read(`{"id":1,"result":${result}}`, true);
  assert.ok('problem' in reply);
  const { problem } = reply;
  assert.deepEqual(
    [problem.status, problem.reason, problem.detail],
    [422, 'tool_error', 'no such\nfile'],
  );
  assert.equal(problem.extra?.value.toString(), result);
});

it('a JSON-RPC error is 422 where it is about the arguments, else 502', () => {
  for (const [code, status] of [
    [-32602, 422],
    [-32603, 502],
    [7, 502],
  ]) {
    const error = `{"code":${code},"message":"told so","data":[1]}`;
    const reply = read(`{"id":1,"error":${error}}`, true);
    assert.ok('problem' in reply);
    const { problem } = reply;
    assert.deepEqual(
      [problem.status, problem.reason, problem.detail],
      [status, 'server_error', 'told so'],
    );
    assert.equal(problem.extra?.value.toString(), error);
  }
});

it('an error that says nothing is 502 all the same', () => {
  for (const error of ['"odd"', '{"message":{"toString":1}}']) {
    const reply = read(`{"id":1,"error":${error}}`, true);
    assert.equal('problem' in reply && reply.problem.status, 502, error);
  }
});

it('a message that is no JSON is a failure of the server', () => {
  for (const text of ['{"id":1,"result":{"a":}}', '']) {
    const reply = read(text);
    assert.equal('failure' in reply && reply.failure.reason, 'garbage', text);
  }
});
