/** Hostile and broken HTTP servers: every call ends with a clear failure that names the server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { answer, type OnRequest, startHttpStandIn } from './testing/http-stand-in.ts';
import { eventually, runTestCall, serverOf, startUpstreams } from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };

function httpServer(url: string, changes: Partial<ServerRuntime> = {}): ServerRuntime {
  return serverOf('remote', { transport: 'streamable-http', url, ...changes });
}

async function failureOf(onCall: OnRequest, changes: Partial<ServerRuntime> = {}) {
  await using standIn = await startHttpStandIn(onCall);
  await using test = startUpstreams();
  const { failure } = await runTestCall(test.upstreams, httpServer(standIn.url, changes), CALL);
  assert.match(failure?.message ?? '', /Server "remote"/);
  return failure;
}

const sse =
  (text: string): OnRequest =>
  (_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(text);

describe('faults of HTTP servers', () => {
  for (const status of [401, 403]) {
    it(`HTTP ${status} is the gateway’s own credentials being refused`, async () => {
      const failure = await failureOf((_, response) =>
        response.writeHead(status, { 'WWW-Authenticate': 'Bearer realm="upstream"' }).end(),
      );
      assert.deepEqual([failure?.reason, failure?.notRun], ['unauthorized', true]);
      assert.match(failure?.message ?? '', /`headers`/);
    });
  }

  it('HTTP 503 and a connection that nobody takes are told apart', async () => {
    assert.match((await failureOf((_, r) => r.writeHead(503).end()))?.message ?? '', /HTTP 503/);
    await using test = startUpstreams();
    const { failure } = await runTestCall(
      test.upstreams,
      httpServer('http://127.0.0.1:1/mcp'),
      CALL,
    );
    assert.deepEqual([failure?.reason, failure?.notRun], ['unreachable', true]);
    assert.match(failure?.message ?? '', /ECONNREFUSED/);
  });

  it('a JSON-RPC error under an HTTP error status is an answer', async () => {
    await using standIn = await startHttpStandIn((_, response) =>
      response
        .writeHead(400, { 'Content-Type': 'application/json' })
        .end(
          '{"jsonrpc":"2.0","error":{"code":-32602,"message":"no such tool","data":[1]},"id":null}',
        ),
    );
    await using test = startUpstreams();
    const { reply, summary } = await runTestCall(test.upstreams, httpServer(standIn.url), {
      ...CALL,
      clientId: '"x"',
    });
    assert.equal(summary?.isError, true);
    const error = { code: -32602, message: 'no such tool', data: [1] };
    assert.deepEqual(JSON.parse(reply), { jsonrpc: '2.0', id: 'x', error });
  });

  it('a redirect to another origin is not followed, one within the origin is', async () => {
    await using elsewhere = await startHttpStandIn((message, response) =>
      answer(response, message, {}),
    );
    const far = await failureOf((_, response) =>
      response.writeHead(307, { Location: elsewhere.url }).end(),
    );
    assert.deepEqual([far?.reason, far?.notRun], ['disconnected', true]);
    assert.match(far?.message ?? '', new RegExp(`redirects to ${elsewhere.origin}`));
    assert.equal(elsewhere.requests.length, 0);

    await using moved = await startHttpStandIn(
      (message, response) => answer(response, message, { ok: true }),
      (_, response, request) => {
        if (request.url === '/mcp') response.writeHead(308, { Location: '/mcp/' }).end();
      },
    );
    await using test = startUpstreams();
    const { reply } = await runTestCall(test.upstreams, httpServer(moved.url), CALL);
    assert.deepEqual(JSON.parse(reply).result, { ok: true });
    const calls = moved.requests.filter(({ body }) => body.includes('tools/call'));
    assert.deepEqual(
      calls.map(({ path }) => path),
      ['/mcp/'],
    );
  });

  for (const [what, onCall, problem] of [
    [
      'HTML',
      (_, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'),
      /text\/html/,
    ],
    ['no body', (_, r) => r.writeHead(202).end(), /HTTP 202/],
    [
      'broken JSON',
      (_, r) => r.writeHead(200, { 'Content-Type': 'application/json' }).end('{"id":'),
      /too early/,
    ],
    ['a foreign id', (_, r) => answer(r, { id: 999 }, {}), /before the reply/],
    [
      'an event stream that ends early',
      sse('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n'),
      /before the reply/,
    ],
    [
      'a result beside an error',
      (m, r) =>
        r
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(`{"jsonrpc":"2.0","id":${m.id},"result":{},"error":{"code":1,"message":"x"}}`),
      /both a result and an error/,
    ],
    [
      'neither a result nor an error',
      (m, r) =>
        r.writeHead(200, { 'Content-Type': 'application/json' }).end(`{"id":${m.id},"value":1}`),
      /no method, result or error/,
    ],
    ['a broken event', sse('data: {"jsonrpc\n\n'), /too early/],
    ['deep nesting', sse(`data: {"id":2,"result":${'['.repeat(10_000)}\n\n`), /deeper than 512/],
    [
      'an unasked compression',
      (_, r) =>
        r
          .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
          .end(gzipSync('{}')),
      /compressed/,
    ],
  ] as readonly [string, OnRequest, RegExp][]) {
    it(`${what} fails the call`, async () => {
      const failure = await failureOf(onCall);
      assert.ok(failure?.reason === 'garbage' || failure?.reason === 'disconnected');
      assert.match(failure?.message ?? '', problem);
    });
  }

  it('a connection that breaks in the reply fails the call, also after its first bytes', async () => {
    const failure = await failureOf((message, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write(
        `{"jsonrpc":"2.0","id":${message.id},"result":{"text":"${'x'.repeat(500_000)}`,
      );
      setTimeout(() => response.destroy(), 50);
    });
    assert.deepEqual([failure?.reason, failure?.notRun], ['disconnected', false]);
  });

  it('endless replies and endless notifications are cut off', async () => {
    const endless =
      (head: string): OnRequest =>
      (message, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(head.replace('ID', String(message.id)));
        const mega = 'x'.repeat(1024 * 1024);
        const more = () => {
          while (!response.destroyed && response.write(mega));
        };
        response.on('drain', more);
        more();
      };
    const reply = await failureOf(endless('data: {"id":ID,"result":{"text":"'));
    assert.equal(reply?.reason, 'too_large');
    const notification = await failureOf(endless('data: {"method":"x","params":{"text":"'));
    assert.equal(notification?.reason, 'too_large');
  });

  it('a server that never answers times out; the server is told that the call is off', async () => {
    await using standIn = await startHttpStandIn(() => {});
    await using test = startUpstreams();
    const server = httpServer(standIn.url, { requestTimeoutMs: 300 });
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure?.reason, 'timeout');
    await eventually('the cancellation', () =>
      standIn.requests.some(({ body }) => body.includes('notifications/cancelled')),
    );
  });

  it('a server’s requests on a call’s stream are answered in its session', async () => {
    await using standIn = await startHttpStandIn((message, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: {"jsonrpc":"2.0","id":"p","method":"ping"}\n\n');
      response.write(
        'data: {"jsonrpc":"2.0","id":8,"method":"elicitation/create","params":{}}\n\n',
      );
      response.write(
        'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"data":"x"}}\n\n',
      );
      response.end(`data: {"jsonrpc":"2.0","id":${message.id},"result":{}}\n\n`);
    });
    await using test = startUpstreams();
    const { notifications } = await runTestCall(test.upstreams, httpServer(standIn.url), CALL);
    assert.deepEqual(
      notifications.map((text) => JSON.parse(text).params.data),
      ['x'],
    );
    const answers = await eventually('two answers', () => {
      const found = standIn.requests.filter(({ body }) => /"(result|error)":/.test(body));
      return found.length === 2 && found;
    });
    const bodies = answers.map(({ body }) => JSON.parse(body));
    assert.deepEqual(bodies.find(({ id }) => id === 'p')?.result, {});
    assert.equal(bodies.find(({ id }) => id === 8)?.error.code, -32601);
    assert.ok(answers.every(({ headers }) => headers['mcp-session-id'] === 'session-1'));
  });

  for (const url of [
    'http://169.254.169.254/mcp',
    'http://0xa9fea9fe/mcp',
    'http://[::ffff:a9fe:a9fe]/mcp',
  ]) {
    it(`${url} is refused as a metadata address`, async () => {
      await using test = startUpstreams();
      const { failure } = await runTestCall(test.upstreams, httpServer(url), CALL);
      assert.equal(failure?.reason, 'refused_by_policy');
      assert.match(failure?.message ?? '', /metadata address/);
    });
  }

  it('a header value that HTTP does not allow fails the start without showing it', async () => {
    await using test = startUpstreams();
    const server = httpServer('http://127.0.0.1:1/mcp', { headers: { 'X-Key': 'secret\nvalue' } });
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.match(failure?.message ?? '', /`headers`/);
    assert.doesNotMatch(failure?.message ?? '', /secret/);
  });
});
