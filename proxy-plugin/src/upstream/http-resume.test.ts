/** Replies whose stream ends too early: they are fetched from where it stopped, or the call fails clearly. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { type RpcRequest, startHttpStandIn } from './testing/http-stand-in.ts';
import { runTestCall, serverOf, startUpstreams } from './testing/test-upstreams.ts';

const PROGRESS_TOKEN = '{"_meta":{"progressToken":"t"}}';
const CALL = { method: 'tools/call', params: PROGRESS_TOKEN };

interface Script {
  /** Answers the POST of the call. */
  call(stream: ServerResponse, id: number): void;
  /** Answers the GET after the event `lastId`; the first is number 1. */
  resume(stream: ServerResponse, lastId: string, id: number, number: number): void;
}

const events = (response: ServerResponse) =>
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
const progress = (id: number, step: number) =>
  `data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${id},"progress":${step}}}\n\n`;
const reply = (id: number, text = 'x') =>
  `data: {"jsonrpc":"2.0","id":${id},"result":{"text":"${text}"}}\n\n`;

async function run(script: Script, timeoutMs = 10_000) {
  let id = 0;
  const gets: { lastId: string; at: number; session: unknown }[] = [];
  let endedAt = 0;
  await using standIn = await startHttpStandIn(
    (message: RpcRequest, response) => {
      id = message.id ?? 0;
      response.on('close', () => {
        endedAt = performance.now();
      });
      script.call(response, id);
    },
    (_, response, request) => {
      if (request.method !== 'GET') return;
      const lastId = String(request.headers['last-event-id']);
      gets.push({ lastId, at: performance.now(), session: request.headers['mcp-session-id'] });
      script.resume(response, lastId, id, gets.length);
    },
  );
  await using test = startUpstreams();
  const server = serverOf('remote', {
    transport: 'streamable-http',
    url: standIn.url,
    requestTimeoutMs: timeoutMs,
  });
  const result = await runTestCall(test.upstreams, server, CALL);
  const calls = standIn.requests.filter(({ body }) => body.includes('"tools/call"'));
  assert.equal(calls.length, 1, 'the call itself is never repeated');
  return { ...result, gets, waitedMs: (gets[0]?.at ?? 0) - endedAt };
}

describe('a reply’s stream that ends too early', () => {
  it('is resumed in its session after the last event, when the server’s pause is over', async () => {
    const {
      reply: got,
      gets,
      waitedMs,
      notifications,
    } = await run({
      call: (stream, id) =>
        events(stream).end(`id: p\nretry: 800\ndata: \n\nid: e1\n${progress(id, 1)}`),
      resume: (stream, _, id) => events(stream).end(`id: e2\n${progress(id, 2)}${reply(id)}`),
    });
    assert.match(got, /"result":\{"text":"x"\}/);
    assert.deepEqual(
      gets.map(({ lastId, session }) => [lastId, session]),
      [['e1', 'session-1']],
    );
    assert.ok(waitedMs > 750 && waitedMs < 2_500, `${waitedMs} ms`);
    assert.deepEqual(
      notifications.map((text) => JSON.parse(text).params.progress),
      [1, 2],
    );
  });

  it('is resumed also when the connection breaks within an event, which then comes whole', async () => {
    const { reply: got, gets } = await run({
      call(stream, id) {
        events(stream).write(`id: p\nretry: 100\ndata: \n\n${reply(id).slice(0, 30)}`);
        setTimeout(() => stream.destroy(), 50);
      },
      resume: (stream, _, id) => events(stream).end(reply(id, 'whole')),
    });
    assert.match(got, /"text":"whole"/);
    assert.equal(gets.length, 1);
  });

  it('is resumed again and again while it brings something new', async () => {
    const { summary, gets } = await run({
      call: (stream) => events(stream).end('id: 0\nretry: 100\ndata: \n\n'),
      resume: (stream, lastId, id, number) =>
        events(stream).end(number < 8 ? `id: ${Number(lastId) + 1}\ndata: \n\n` : reply(id)),
    });
    assert.ok(summary);
    assert.deepEqual(
      gets.map(({ lastId }) => lastId),
      ['0', '1', '2', '3', '4', '5', '6', '7'],
    );
  });

  it('is given up after some tries that bring nothing new', async () => {
    const { failure, gets } = await run({
      call: (stream) => events(stream).end('id: 0\nretry: 100\ndata: \n\n'),
      resume: (stream, _, __, number) =>
        number % 2 ? events(stream).end(': nothing\n\n') : stream.writeHead(503).end(),
    });
    assert.deepEqual([failure?.reason, failure?.notRun], ['disconnected', false]);
    assert.equal(gets.length, 3);
  });

  it('fails the call at once where the server does not resume, or nothing can be resumed', async () => {
    const refused = await run({
      call: (stream) => events(stream).end('id: 0\nretry: 100\ndata: \n\n'),
      resume: (stream) => stream.writeHead(405).end(),
    });
    assert.match(refused.failure?.message ?? '', /ended its response before the reply came/);
    assert.equal(refused.gets.length, 1);
    const without = await run({
      call: (stream, id) => events(stream).end(progress(id, 1)),
      resume: (stream) => stream.writeHead(405).end(),
    });
    assert.deepEqual([without.failure?.reason, without.failure?.notRun], ['disconnected', false]);
    assert.equal(without.gets.length, 0);
  });

  it('is not resumed when part of the reply has reached the client', async () => {
    const { failure, gets, chunks } = await run({
      call(stream, id) {
        events(stream).write('id: 0\nretry: 100\ndata: \n\n');
        stream.write(reply(id, 'x'.repeat(500_000)).slice(0, -10));
        setTimeout(() => stream.destroy(), 50);
      },
      resume: (stream, _, id) => events(stream).end(reply(id)),
    });
    assert.ok(chunks.length > 0);
    assert.equal(failure?.reason, 'disconnected');
    assert.equal(gets.length, 0);
  });

  it('ends with the call’s time limit, and a call that is over is not resumed', async () => {
    const { failure, gets } = await run(
      {
        call: (stream) => events(stream).end('id: 0\nretry: 30000\ndata: \n\n'),
        resume: (stream, _, id) => events(stream).end(reply(id)),
      },
      300,
    );
    assert.equal(failure?.reason, 'timeout');
    assert.equal(gets.length, 0);
  });
});
