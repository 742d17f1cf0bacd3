/** Hostile and broken HTTP+SSE servers: every call ends with a clear failure that names the server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { type SseStandInDeps, startSseStandIn } from './testing/sse-stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
} from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };

function sseServer(url: string, changes: Partial<ServerRuntime> = {}): ServerRuntime {
  return serverOf('old', { transport: 'sse', url, ...changes });
}

async function failureOf(deps: SseStandInDeps, changes: Partial<ServerRuntime> = {}) {
  await using standIn = await startSseStandIn(deps);
  await using test = startUpstreams();
  const { failure } = await runTestCall(test.upstreams, sseServer(standIn.url, changes), CALL);
  assert.match(failure?.message ?? '', /Server "old"/);
  return failure;
}

describe('faults of HTTP+SSE servers', () => {
  for (const endpoint of [
    'http://127.0.0.1:1/message',
    '//evil.example/message',
    'file:///etc/passwd',
    'http://',
  ]) {
    it(`messages never go to ${endpoint}, which is of another origin`, async () => {
      const failure = await failureOf({ endpoint: () => endpoint });
      assert.deepEqual([failure?.reason, failure?.notRun], ['garbage', true]);
      assert.match(failure?.message ?? '', /credentials must not go/);
    });
  }

  it('a server that names no endpoint fails its start in time', async () => {
    const failure = await failureOf({ endpoint: () => null }, { connectTimeoutMs: 200 });
    assert.deepEqual([failure?.reason, failure?.notRun], ['unreachable', true]);
    assert.match(failure?.message ?? '', /handshake within 200 ms/);
  });

  it('a stream that ends in the handshake fails the start', async () => {
    const failure = await failureOf({
      onGet(response) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.end('event: endpoint\ndata: /message?session=9\n\n');
        return true;
      },
    });
    assert.deepEqual([failure?.reason, failure?.notRun], ['disconnected', true]);
    assert.match(failure?.message ?? '', /ended its event stream/);
  });

  it('the gateway’s end does not wait for a server that names no endpoint', async () => {
    await using standIn = await startSseStandIn({ endpoint: () => null });
    const test = startUpstreams();
    const call = runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    await eventually('the stream', () => standIn.gets.length === 1);
    await test[Symbol.asyncDispose]();
    assert.equal((await call).failure?.notRun, true);
  });

  for (const [what, status, headers, reason, problem] of [
    ['refused credentials', 401, {}, 'unauthorized', /`headers`/],
    ['another kind of server', 405, {}, 'disconnected', /Streamable HTTP/],
    ['a web page', 200, { 'Content-Type': 'text/html' }, 'disconnected', /text\/html/],
    [
      'a redirect elsewhere',
      307,
      { Location: 'http://127.0.0.1:1/' },
      'disconnected',
      /redirects to/,
    ],
    ['a redirect in a circle', 307, { Location: '/sse' }, 'disconnected', /too many redirects/],
    ['a server out of order', 503, {}, 'unreachable', /HTTP 503/],
  ] as const) {
    it(`${what} at the stream’s URL fails the start`, async () => {
      const failure = await failureOf({
        onGet: (response) => Boolean(response.writeHead(status, headers).end()),
      });
      assert.deepEqual([failure?.reason, failure?.notRun], [reason, true]);
      assert.match(failure?.message ?? '', problem);
    });
  }

  it('a redirect within the origin is followed, and the endpoint is where the stream is', async () => {
    await using standIn = await startSseStandIn({
      endpoint: (session) => `message?session=${session}`,
      onGet: (response, { url }) =>
        url === '/sse' && Boolean(response.writeHead(308, { Location: '/mcp/sse' }).end()),
      onCall: (message, session) => session.reply(message, {}),
    });
    await using test = startUpstreams();
    const { summary } = await runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    assert.ok(summary);
    assert.equal(standIn.posts[0]?.path, '/mcp/message?session=1');
  });

  it('a message that is refused fails its own call, and a JSON-RPC error under it is an answer', async () => {
    const error = { code: -32602, message: 'no such tool', data: [1] };
    await using standIn = await startSseStandIn({
      onCall({ params }, _, response) {
        const body = params?.rpc ? JSON.stringify({ jsonrpc: '2.0', id: null, error }) : 'no';
        response.writeHead(Number(params?.status)).end(body);
      },
    });
    await using test = startUpstreams();
    const run = (params: object) =>
      runTestCall(test.upstreams, sseServer(standIn.url), {
        ...CALL,
        params: JSON.stringify(params),
      });
    assert.equal((await run({ status: 403 })).failure?.reason, 'unauthorized');
    assert.match((await run({ status: 503 })).failure?.message ?? '', /HTTP 503/);
    assert.deepEqual(JSON.parse((await run({ status: 400, rpc: true })).reply), {
      jsonrpc: '2.0',
      id: 1,
      error,
    });
    assert.equal(standIn.sessions.length, 1);
  });

  it('a session that the server forgot is opened anew, and the call runs once', async () => {
    let calls = 0;
    await using standIn = await startSseStandIn({
      onCall(message, session, response) {
        if (session === standIn.sessions[0]) response.writeHead(404).end();
        else {
          calls += 1;
          session.reply(message, {});
        }
      },
    });
    await using test = startUpstreams();
    const { summary } = await runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    assert.ok(summary);
    assert.deepEqual([calls, standIn.sessions.length], [1, 2]);
  });

  it('a stream that ends fails the calls on it, which are not repeated; the next one has a new session', async () => {
    await using standIn = await startSseStandIn({
      onCall(message, session) {
        if (session === standIn.sessions[0]) session.stream.end();
        else session.reply(message, {});
      },
    });
    await using test = startUpstreams();
    const run = () => runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    const { failure } = await run();
    assert.deepEqual([failure?.reason, failure?.notRun], ['disconnected', false]);
    assert.match(failure?.message ?? '', /ended its event stream/);
    assert.ok((await run()).summary);
    assert.equal(standIn.posts.filter(({ message }) => message.method === 'tools/call').length, 2);
  });

  it('garbage on the stream costs the call that it answers, and no other', async () => {
    await using standIn = await startSseStandIn({
      onCall(message, session) {
        if (!message.params?.bad) return session.reply(message, {});
        session.stream.write('data: not json\n\ndata: [1]\n\n');
        session.stream.write(
          `data: {"result":${'['.repeat(10_000)},"jsonrpc":"2.0","id":${message.id}}\n\n`,
        );
      },
    });
    await using test = startUpstreams();
    const run = (params: string) =>
      runTestCall(test.upstreams, sseServer(standIn.url), { ...CALL, params });
    const { failure } = await run('{"bad":true}');
    assert.equal(failure?.reason, 'garbage');
    assert.ok((await run('{}')).summary);
    assert.equal(test.counts.get('garbage_messages'), 3);
    assert.equal(standIn.sessions.length, 1);
  });

  it('duplicate replies and those of unknown ids go nowhere', async () => {
    await using standIn = await startSseStandIn({
      onCall(message, session) {
        session.reply({ id: 999 }, {});
        session.reply(message, { n: 1 });
        session.reply(message, { n: 2 });
      },
    });
    await using test = startUpstreams();
    const { reply } = await runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    assert.deepEqual(JSON.parse(reply).result, { n: 1 });
    await eventually('both counted', () => test.counts.get('late_replies') === 2);
  });

  it('an endless event ends the session, not the gateway’s memory', async () => {
    const failure = await failureOf({
      onCall(message, { stream }) {
        stream.write(`data: {"id":${message.id},"result":{"text":"`);
        const mega = 'x'.repeat(1024 * 1024);
        const more = () => {
          while (!stream.destroyed && stream.write(mega));
        };
        stream.on('drain', more);
        more();
      },
    });
    assert.equal(failure?.reason, 'too_large');
  });

  it('a server that leaves its POSTs unanswered still serves more calls than there are sockets', async () => {
    await using standIn = await startSseStandIn({
      onCall(message, session, response) {
        response.writeHead(200).flushHeaders();
        session.reply(message, {});
      },
    });
    await using test = startUpstreams();
    const server = sseServer(standIn.url);
    for (let round = 0; round < 3; round += 1) {
      const calls = Array.from({ length: 100 }, () => runTestCall(test.upstreams, server, CALL));
      assert.ok((await Promise.all(calls)).every(({ summary }) => summary));
    }
  });

  for (const url of ['http://169.254.169.254/sse', 'http://[::ffff:a9fe:a9fe]/sse']) {
    it(`${url} is refused as a metadata address`, async () => {
      await using test = startUpstreams();
      const { failure } = await runTestCall(test.upstreams, sseServer(url), CALL);
      assert.deepEqual([failure?.reason, failure?.notRun], ['refused_by_policy', true]);
    });
  }

  it('each stream counts as an upstream: caps end the least recently used', async () => {
    await using standIn = await startSseStandIn({
      onCall: (message, session) => session.reply(message, {}),
    });
    await using test = startUpstreams();
    const server = sseServer(standIn.url, { maxUpstreams: 1 });
    for (const name of ['alice', 'bob']) {
      const call = { ...CALL, caller: callerOf(name) };
      assert.ok((await runTestCall(test.upstreams, server, call)).summary);
    }
    await eventually('the first stream’s end', () => standIn.sessions[0]?.stream.destroyed);
  });
});
