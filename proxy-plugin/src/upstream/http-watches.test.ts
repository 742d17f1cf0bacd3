/** Watched resources of HTTP servers: what is heard again after a stream broke or a server was restarted. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { answer, startHttpStandIn } from './testing/http-stand-in.ts';
import { callerOf, eventually, serverOf, startUpstreams } from './testing/test-upstreams.ts';

/** A server whose streams can be cut, and whose sessions it can forget. */
async function startServer() {
  const streams: ServerResponse[] = [];
  const subscribed: unknown[] = [];
  let session = 0;
  let oldest = 1;
  const server = await startHttpStandIn(
    (message, response) => answer(response, message, {}),
    (message, response, { method, headers }) => {
      const own = Number(headers['mcp-session-id'] ?? oldest);
      if (own < oldest) response.writeHead(404).end();
      else if (method === 'GET') {
        streams.push(response.writeHead(200, { 'content-type': 'text/event-stream' }));
        response.flushHeaders();
      } else if (message.method === 'initialize') {
        session += 1;
        response.setHeader('Mcp-Session-Id', session);
        answer(response, message, {
          protocolVersion: '2025-06-18',
          capabilities: { resources: { subscribe: true } },
          serverInfo: { name: 'stand-in', version: '1' },
        });
      } else if (message.method === 'resources/subscribe')
        subscribed.push([own, message.params?.uri]);
    },
  );
  return {
    server,
    streams,
    subscribed,
    forgetSessions() {
      oldest = session + 1;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function watch(changes: Partial<ServerRuntime> = {}) {
  const stood = await startServer();
  const test = startUpstreams();
  const heard: string[] = [];
  const { url } = stood.server;
  const forwardHeaders = ['x-tenant'];
  const server = serverOf('news', {
    transport: 'streamable-http',
    url,
    forwardHeaders,
    ...changes,
  });
  const updated = (uri: string) => heard.push(uri);
  const caller = callerOf('alice', { headers: { 'x-tenant': 'blue' } });
  const end = await test.upstreams.watchResource(server, 'a:1', { caller, updated });
  await eventually('the stream', () => stood.streams.length === 1);
  return {
    ...stood,
    heard,
    end,
    /** Each request of the method, with the client's header that it carried. */
    tenants: (method: string) =>
      stood.server.requests
        .filter(({ body }) => body.includes(`"method":"${method}"`))
        .map(({ headers }) => headers['x-tenant']),
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await stood[Symbol.asyncDispose]();
    },
  };
}

it('a stream that broke may have missed news, so there is one of each resource', async () => {
  await using test = await watch();
  test.streams[0]?.end();
  await eventually('the news', () => test.heard.length === 1);
  assert.deepEqual([test.heard, test.subscribed], [['a:1'], [[1, 'a:1']]]);
});

it('a restarted server is subscribed again in a new session, without a call', async () => {
  await using test = await watch();
  test.forgetSessions();
  test.streams[0]?.end();
  await eventually('the news', () => test.heard.length === 1);
  assert.deepEqual(test.subscribed, [
    [1, 'a:1'],
    [2, 'a:1'],
  ]);
  await eventually('the new stream', () => test.streams.length === 2);
  const params = JSON.stringify({ uri: 'a:1' });
  const news = `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":${params}}`;
  test.streams[1]?.write(`data: ${news}\n\n`);
  await eventually('more news', () => test.heard.length === 2);
});

it('a client’s headers go with what it asks for, and with nothing that is done for it later', async () => {
  await using test = await watch();
  test.forgetSessions();
  test.streams[0]?.end();
  await eventually('the new subscription', () => test.subscribed.length === 2);
  test.end();
  await eventually('the end', () => test.tenants('resources/unsubscribe').length === 1);
  for (const method of ['initialize', 'resources/subscribe']) {
    const [asked, ...later] = test.tenants(method);
    assert.equal(asked, 'blue');
    assert.deepEqual(new Set(later), new Set([undefined]));
  }
  assert.deepEqual(test.tenants('resources/unsubscribe'), [undefined]);
});

it('a client’s headers never subscribe those who share its upstream', async () => {
  await using test = await watch({ isolation: 'shared' });
  assert.deepEqual(test.tenants('resources/subscribe'), [undefined]);
});
