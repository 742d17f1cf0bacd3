import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonError } from './json-scanner.ts';
import { MessageReader, withId } from './message-reader.ts';

function read(text: string, cuts: readonly number[] = []) {
  const bytes = Buffer.from(text);
  const reader = new MessageReader();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    reader.push(Buffer.from(bytes.subarray(from, cut)));
    from = cut;
  }
  const message = reader.end();
  const spliced = (id: string) => Buffer.concat(withId(reader.take(), Buffer.from(id))).toString();
  return { ...message, spliced };
}

describe('MessageReader', () => {
  it('replaces the top-level id and no other byte, over every chunking', () => {
    const result = '{"content":[{"text":"\\"id\\":9 é","id":5}],"id":6,"x":1e400,"y":"\\u0000"}';
    for (const text of [
      `{"jsonrpc":"2.0","id":42,"result":${result}}`,
      `{"result":${result},"jsonrpc":"2.0","id":42}`,
      `{"result":${result},"id" : 42 ,"jsonrpc":"2.0","extra":{"id":1}}`,
    ]) {
      const expected = text.replace(/42/, '"mine"');
      for (let cut = 0; cut < Buffer.byteLength(text); cut += 1) {
        const message = read(text, [cut]);
        assert.deepEqual([message.kind, message.id], ['response', '42']);
        assert.equal(message.spliced('"mine"'), expected);
      }
      const everyByte = Array.from({ length: Buffer.byteLength(text) }, (_, i) => i);
      assert.equal(read(text, everyByte).spliced('"mine"'), expected);
    }
  });

  it('sees a JSON-RPC error and a result whose isError is true, and nothing else, as an error', () => {
    const isError = (rest: string) => read(`{"id":1,${rest}}`).isError;
    assert.equal(isError('"error":{"code":1,"message":"x"}'), true);
    assert.equal(isError('"result":{"content":[],"isError":true}'), true);
    assert.equal(isError('"result":{"isError" :\ttrue,"content":[]}'), true);
    assert.equal(isError('"result":{"isError":false}'), false);
    assert.equal(isError('"result":{"structuredContent":{"isError":true}}'), false);
    assert.equal(isError('"result":{"content":[{"isError":true}]}'), false);
    assert.equal(isError('"result":{},"error":null'), false);
    assert.equal(isError('"result":{"a":"isError"},"x":[true]'), false);
    assert.equal(isError('"isError":true,"result":{}'), false);
  });

  it('tells requests, notifications and responses apart', () => {
    assert.equal(read('{"method":"ping","id":"a"}').kind, 'request');
    assert.equal(read('{"method":"notifications/x","params":{"id":3}}').kind, 'notification');
    assert.equal(read('{"id":null,"error":{"code":1}}').id, 'null');
    assert.equal(read('{"error":{"code":1}}').id, '');
  });

  it('knows a response before its end', () => {
    const reader = new MessageReader();
    reader.push(Buffer.from('{"jsonrpc":"2.0","result":{"a":'));
    assert.equal(reader.isResponse, true);
  });

  for (const text of [
    '[]',
    '1',
    '[{"id":1,"result":{}}]',
    '{}',
    '{"id":1}',
    '{"id":1,"error":null}',
    '{"id":1,"result":null,"error":{"code":1,"message":"x"}}',
    '{"id":1,"id":2,"result":{}}',
    '{"id":1,"result":{},"result":{}}',
    '{"id":1,"method":"x","result":{}}',
    '{"\\u0069d":1,"result":{}}',
    `{"id":"${'x'.repeat(300)}","result":{}}`,
    `{"id":1,"result":{},${Array.from({ length: 40 }, (_, i) => `"k${i}":1`).join()}}`,
    '{"id":1,"result":{}',
    'Listening on port 3000',
  ]) {
    it(`refuses ${text.slice(0, 40)}`, () => assert.throws(() => read(text), JsonError));
  }
});
