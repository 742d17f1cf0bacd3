/** Requests of servers: bounded in number and time, and always answered. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type AskingCall, ServerRequests } from './server-requests.ts';
import type { ServerMessage } from './transport.ts';
import type { ServerRequest } from './upstream.ts';

function start(profile: string, answerMs?: number) {
  const sent: { id: unknown; error?: { code: number }; result?: unknown }[] = [];
  const asked: ServerRequest[] = [];
  const withdrawn: string[] = [];
  let holds = 0;
  const heard = Promise.withResolvers<void>();
  const requests = new ServerRequests({
    profile,
    ...(answerMs !== undefined && { answerMs }),
    send(message) {
      sent.push(JSON.parse(message.toString()));
      heard.resolve();
    },
    refused() {},
  });
  const call: AskingCall = {
    handler: {
      notification() {},
      chunk: () => true,
      end() {},
      fail() {},
      request(request) {
        asked.push(request);
        return { withdraw: (reason) => void withdrawn.push(reason) };
      },
    },
    deadline: {
      extend() {},
      hold() {
        holds += 1;
      },
      release() {
        holds -= 1;
      },
      clear() {},
    },
  };
  return { requests, call, sent, asked, withdrawn, heard: heard.promise, holds: () => holds };
}

function message(id: string): ServerMessage {
  const bytes = Buffer.from(`{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`);
  return { kind: 'request', id, bytes, pieces: [bytes], call: undefined };
}

const ROOTS = '{"roots":{}}';

it('a client that does not answer in time makes the server an error and hears of it', async () => {
  const test = start(ROOTS, 1);
  test.requests.take(message('1'), 'roots/list', test.call);
  assert.equal(test.holds(), 1);
  await test.heard;
  assert.deepEqual([test.sent[0]?.id, test.sent[0]?.error?.code], [1, -32603]);
  assert.deepEqual(test.withdrawn, ['the client took too long']);
  test.asked[0]?.answer((id) => id);
  assert.equal(test.sent.length, 1, 'a late answer goes nowhere');
  assert.equal(test.holds(), 0);
});

it('a call asks a few things at once and no more, and no id twice', () => {
  const test = start(ROOTS);
  for (let id = 1; id <= 9; id += 1) {
    test.requests.take(message(String(id)), 'roots/list', test.call);
  }
  test.requests.take(message('8.0'), 'roots/list', test.call);
  assert.equal(test.asked.length, 8);
  assert.deepEqual(
    test.sent.map(({ id, error }) => [id, error?.code]),
    [
      [9, -32601],
      [8, -32601],
    ],
  );
  test.requests.callEnded(test.call);
  assert.equal(test.sent.length, 10);
});

it('what names no call, or was not declared, asks nobody', () => {
  const test = start(ROOTS);
  test.requests.take(message('"a"'), 'roots/list', undefined);
  test.requests.take(message('"b"'), 'elicitation/create', test.call);
  test.requests.take(message('"c"'), 'unknown/method', test.call);
  test.requests.take(message('null'), 'roots/list', test.call);
  assert.equal(test.asked.length, 0);
  assert.deepEqual(
    test.sent.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});
