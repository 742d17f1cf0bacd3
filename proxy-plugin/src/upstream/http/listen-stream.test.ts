/** The stream outside of calls: asked for once, taken up again, and never trusted. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { it } from 'node:test';
import type { Agent } from 'undici';
import { startHttpStandIn } from '../testing/http-stand-in.ts';
import { eventually } from '../testing/test-upstreams.ts';
import type { ServerMessage } from '../transport.ts';
import { createHttpAgent } from './http-agent.ts';
import { openListenStream } from './listen-stream.ts';

type Answer = (response: ServerResponse, request: number) => void;

/** Listens to a server that gives the GETs, counted from 1, to `answer`. */
async function listenTo(answer: Answer) {
  let requests = 0;
  const server = await startHttpStandIn(
    () => {},
    (_, response) => {
      requests += 1;
      answer(response, requests);
    },
  );
  const agent: Agent = createHttpAgent();
  const messages: ServerMessage[] = [];
  const garbage: string[] = [];
  const lost: number[] = [];
  const missed: number[] = [];
  const stream = openListenStream({
    agent,
    events: {
      message: (message) => messages.push(message),
      gone() {},
      mayHaveMissed: () => missed.push(requests),
      lateReply() {},
      garbage: (problem) => garbage.push(problem),
    },
    request: () => ({
      origin: server.origin,
      path: '/mcp',
      method: 'GET',
      headers: { 'mcp-session-id': 's' },
      body: null,
    }),
    sessionLost: () => lost.push(requests),
  });
  return {
    server,
    messages,
    garbage,
    lost,
    missed,
    async [Symbol.asyncDispose]() {
      stream.close();
      await agent.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

const events = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });
const CHANGED = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';

it('what a server says belongs to no call, and garbage in between harms nothing', async () => {
  await using test = await listenTo((response) => {
    const stream = events(response);
    stream.write(`: hello\n\ndata: {"jsonrpc"\n\ndata: ${CHANGED}\n\n`);
  });
  await eventually('the message', () => test.messages.length > 0);
  const [message] = test.messages;
  assert.deepEqual([message?.kind, message?.call], ['notification', undefined]);
  assert.equal(message?.bytes.toString(), CHANGED);
  assert.equal(test.garbage.length, 1);
});

it('a stream that ends is opened again from the last event on', async () => {
  await using test = await listenTo((response, request) => {
    const stream = events(response);
    stream.write(`id: e${request}\ndata: ${CHANGED}\n\n`);
    if (request === 1) stream.end();
  });
  await eventually('both messages', () => test.messages.length === 2);
  const ids = test.server.requests.map(({ headers }) => headers['last-event-id']);
  assert.deepEqual(ids, [undefined, 'e1']);
  assert.equal(test.server.requests[1]?.headers['mcp-session-id'], 's');
  assert.deepEqual(test.missed, []);
});

it('a stream without ids that is opened again may have missed something', async () => {
  await using test = await listenTo((response, request) => {
    const stream = events(response);
    stream.write(`data: ${CHANGED}\n\n`);
    if (request === 1) stream.end();
  });
  await eventually('both messages', () => test.messages.length === 2);
  assert.deepEqual(test.missed, [2]);
});

it('a stream that ends is opened again after the pause that its server asks for', async () => {
  const times: number[] = [];
  await using test = await listenTo((response, request) => {
    times.push(performance.now());
    const stream = events(response);
    stream.write(`id: primed\nretry: 150\ndata: \n\n`);
    if (request === 1) stream.end();
  });
  await eventually('the second request', () => times.length === 2);
  const [first = 0, second = 0] = times;
  assert.ok(second - first > 100 && second - first < 950, `${second - first} ms`);
  assert.equal(test.server.requests[1]?.headers['last-event-id'], 'primed');
});

it('a server that has no such stream is asked once, one that is out of order or busy again', async () => {
  await using none = await listenTo((response) => response.writeHead(405).end());
  await using ill = await listenTo((response) => response.writeHead(503).end());
  await using busy = await listenTo((response) => response.writeHead(429).end());
  for (const { server } of [ill, busy]) {
    await eventually('a second request', () => server.requests.length === 2);
  }
  assert.equal(none.server.requests.length, 1);
});

it('a session whose stream its server no longer knows is lost; one that never had a stream is not', async () => {
  await using restarted = await listenTo((response, request) => {
    if (request === 1) events(response).end();
    else response.writeHead(404).end();
  });
  await using none = await listenTo((response) => response.writeHead(404).end());
  await eventually('the loss', () => restarted.lost.length > 0);
  assert.deepEqual([restarted.lost, none.lost], [[2], []]);
});

it('a batch is heard message by message', async () => {
  await using test = await listenTo((response) =>
    events(response).write(`data: [${CHANGED},\ndata: 7, ${CHANGED}]\n\n`),
  );
  await eventually('both messages', () => test.messages.length === 2);
  assert.equal(test.garbage.length, 1);
});
