/** The two halves of HTTP+SSE before the planes: what each is told, and what becomes of a message nobody decides on. */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { startNginx } from './testing/nginx-under-test.ts';
import { allowHeaders } from './testing/planes.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const MESSAGE = '/metamcp/dev/message?sessionId=a.sealed-Id_1';
const UNAVAILABLE = '{"jsonrpc":"2.0","error":{"code":503}}';

for (const route of ['mcp', 'sse', 'message']) {
  it(`both planes are told the route ${route}, whatever the client says`, async () => {
    const headers = { 'X-Sluice-Route': 'api', 'X-Sluice-Endpoint': 'priv' };
    await send(nginx.port, { path: `/metamcp/dev/${route}?x=1&sessionId=s`, headers });
    const { decision, plugin } = nginx.planes.received;
    for (const request of [decision[0], plugin[0]]) {
      assert.deepEqual(request?.headers['x-sluice-route'], [route]);
      assert.deepEqual(request?.headers['x-sluice-endpoint'], ['dev']);
    }
    assert.equal(plugin[0]?.url, `/metamcp/dev/${route}`, 'without the query');
  });
}

it('a message names its session in the query, and nowhere else', async () => {
  const headers = { 'Mcp-Session-Id': 'other' };
  await send(nginx.port, { path: `${MESSAGE}&api_key=mm_secret`, headers, body: '{}' });
  const { decision, plugin } = nginx.planes.received;
  assert.deepEqual(decision[0]?.headers['mcp-session-id'], ['a.sealed-Id_1']);
  assert.deepEqual(plugin[0]?.headers['mcp-session-id'], ['a.sealed-Id_1']);
  assert.ok(!JSON.stringify(plugin).includes('mm_secret'));
});

it('on the other routes a session in the query is none', async () => {
  for (const route of ['mcp', 'sse']) {
    await nginx.planes.reset();
    await send(nginx.port, { path: `/metamcp/dev/${route}?sessionId=stolen` });
    const { decision, plugin } = nginx.planes.received;
    for (const request of [decision[0], plugin[0]]) {
      assert.equal(request?.headers['mcp-session-id'], undefined);
      assert.ok(!JSON.stringify(request).includes('stolen'));
    }
  }
});

it('a message without a session names none, also with the header of another protocol', async () => {
  const headers = { 'Mcp-Session-Id': 'other' };
  await send(nginx.port, { path: '/metamcp/dev/message', headers, body: '{}' });
  for (const name of ['decision', 'plugin'] as const) {
    assert.equal(nginx.planes.received[name][0]?.headers['mcp-session-id'], undefined);
  }
});

it('the path of the access log has no session in it', async () => {
  await send(nginx.port, { path: MESSAGE, body: '{}' });
  const lines = await nginx.accessLog(({ path }) => path === '/metamcp/dev/message');
  assert.ok(!JSON.stringify(lines).includes('sealed'));
});

it('a refusal with a status is a refusal, on a message too', async () => {
  nginx.planes.handle('decision', (_, response) => {
    const headers = { 'X-Sluice-Status': '401', 'X-Sluice-Error': '{"own":1}' };
    response.writeHead(401, { ...headers, 'Content-Length': '0' }).end();
  });
  const reply = await send(nginx.port, { path: MESSAGE, body: '{}' });
  assert.deepEqual([reply.status, reply.body], [401, '{"own":1}']);
  assert.equal(nginx.planes.received.plugin.length, 0);
});

const HEADERS = {
  Authorization: 'Bearer mm_secret',
  'X-API-Key': 'mm_secret',
  Cookie: 'mm_secret',
  'X-Sluice-Decision': 'forged',
};

for (const [what, fail] of Object.entries({
  'is down': () => nginx.planes.stop('decision'),
  'answers 500 with a decision': async () =>
    nginx.planes.handle('decision', (_, response) => {
      response.writeHead(500, allowHeaders('lost')).end();
    }),
})) {
  it(`a message while the control plane ${what} only names its stream to the plugin`, async () => {
    await fail();
    nginx.planes.handle('plugin', (_, response) => {
      response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1' });
      response.end(UNAVAILABLE);
    });
    const path = `${MESSAGE}&api_key=mm_secret`;
    const reply = await send(nginx.port, { path, headers: HEADERS, body: '{"method":"x"}' });
    assert.deepEqual([reply.status, reply.body], [503, UNAVAILABLE]);
    const [request, ...more] = nginx.planes.received.plugin;
    assert.equal(more.length, 0);
    assert.deepEqual([request?.method, request?.url], ['POST', '/metamcp/dev/message']);
    assert.equal(request?.body, '');
    assert.equal(request?.headers['x-sluice-decision'], undefined);
    assert.deepEqual(request?.headers['mcp-session-id'], ['a.sealed-Id_1']);
    assert.ok(!/mm_secret|forged|lost/.test(JSON.stringify(request)));
  });
}

it('a message while both planes are down is 503 with JSON, and the next one passes', async () => {
  await nginx.planes.stop('decision');
  await nginx.planes.stop('plugin');
  const reply = await send(nginx.port, { path: MESSAGE, body: '{}' });
  assert.equal(reply.status, 503);
  assert.equal(reply.headers['content-type'], 'application/json');
  assert.equal(reply.headers['retry-after'], '1');
  assert.match(reply.body, /"reason":"unavailable"/);
  await nginx.planes.reset();
  assert.equal((await send(nginx.port, { path: MESSAGE, body: '{}' })).status, 200);
});

it('a stream is not opened while the control plane is down', async () => {
  await nginx.planes.stop('decision');
  const reply = await send(nginx.port, { path: '/metamcp/dev/sse' });
  assert.equal(reply.status, 503);
  assert.equal(nginx.planes.received.plugin.length, 0);
});
