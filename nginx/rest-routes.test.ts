/** Tools as plain REST before the planes: which paths are served, what each plane is told, the form of every error. */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { REASONS } from '../control-plane/contract/reasons.ts';
import { exchangeBytes, statusesIn } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { type Reply, send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const PATH = '/metamcp/dev/api/github__search.v2';

interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
  readonly request_id: string;
}

function problemIn(reply: Reply): Problem {
  assert.equal(reply.headers['content-type'], 'application/problem+json');
  const problem = reply.json<Problem>();
  assert.equal(problem.status, reply.status);
  assert.equal(problem.request_id, reply.headers['x-request-id']);
  assert.ok(problem.reason in REASONS, problem.reason);
  assert.ok(problem.title !== '' && problem.detail.length > 20);
  return problem;
}

it('both planes are told the route and the tool, whatever the client says', async () => {
  const forged = { 'X-Sluice-Route': 'mcp', 'X-Sluice-Tool': 'other', 'X-Sluice-Endpoint': 'priv' };
  const path = `${PATH}?tool=other&api_key=mm_secret`;
  await send(nginx.port, { path, headers: forged, body: '{"a":1}' });
  const { decision, plugin } = nginx.planes.received;
  for (const request of [decision[0], plugin[0]]) {
    assert.deepEqual(request?.headers['x-sluice-route'], ['api']);
    assert.deepEqual(request?.headers['x-sluice-tool'], ['github__search.v2']);
    assert.deepEqual(request?.headers['x-sluice-endpoint'], ['dev']);
  }
  assert.equal(plugin[0]?.url, '/metamcp/dev/api', 'neither tool nor query');
  assert.equal(plugin[0]?.body, '{"a":1}');
  assert.ok(!JSON.stringify(plugin).includes('mm_secret'));
});

it('on the other routes a client names no tool', async () => {
  await send(nginx.port, {
    path: '/metamcp/dev/mcp',
    headers: { 'X-Sluice-Tool': 'x' },
    body: '{}',
  });
  const { decision, plugin } = nginx.planes.received;
  for (const request of [decision[0], plugin[0]]) {
    assert.equal(request?.headers['x-sluice-tool'], undefined);
  }
});

for (const path of [
  '/metamcp/dev/api/a/b',
  '/metamcp/dev/api/a%2fb',
  '/metamcp/dev/api/%61',
  '/metamcp/dev/api/..',
  '/metamcp/dev/api/.',
  '/metamcp/dev/api/',
  '/metamcp/dev/api//a',
  '/metamcp/dev/api/a/',
  '/metamcp/dev/api/../api/a',
  '/metamcp/dev/api/x/../a',
  '/metamcp/dev/api/%2e%2e/mcp',
  '/metamcp/dev/api/a%0d%0aX-Evil:1',
  '/metamcp/dev/api/a b',
  '/metamcp/dev/api/a;b',
  '/metamcp/dev/api/ä',
  '/metamcp/dev/API/a',
  `/metamcp/dev/api/${'a'.repeat(129)}`,
]) {
  it(`${path.slice(0, 60)} is refused, and no plane hears of it`, async () => {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    const [status] = statusesIn(await exchangeBytes(nginx.port, head));
    assert.ok(status === 400 || status === 404, String(status));
    assert.deepEqual(nginx.planes.received, { decision: [], plugin: [], api: [] });
  });
}

it('a refusal of the control plane reaches the client as the problem that it is', async () => {
  const problem = '{"own":"problem"}';
  for (const status of [400, 401, 403, 404, 429, 503]) {
    nginx.planes.handle('decision', (_, response) => {
      const headers = { 'X-Sluice-Status': String(status), 'X-Sluice-Error': problem };
      response.writeHead(status === 401 ? 401 : 403, { ...headers, 'Content-Length': '0' }).end();
    });
    const reply = await send(nginx.port, { path: PATH, body: '{}' });
    assert.deepEqual([reply.status, reply.body], [status, problem]);
    assert.equal(reply.headers['content-type'], 'application/problem+json');
  }
  assert.equal(nginx.planes.received.plugin.length, 0);
});

it('no decision is 503 as a problem, also for a tool named like a page', async () => {
  await nginx.planes.stop('decision');
  for (const tool of ['search', 'page.html', 'openapi.json']) {
    const reply = await send(nginx.port, { path: `/metamcp/dev/api/${tool}`, body: '{}' });
    assert.equal(reply.status, 503);
    assert.equal(problemIn(reply).reason, 'unavailable');
    assert.equal(reply.headers['retry-after'], '1');
  }
  assert.equal(nginx.planes.received.plugin.length, 0);
});

it('a plugin that is down is 503 as a problem', async () => {
  await nginx.planes.stop('plugin');
  const reply = await send(nginx.port, { path: PATH, body: '{}' });
  assert.equal(reply.status, 503);
  assert.equal(problemIn(reply).reason, 'unavailable');
});

it('a body over 4 MiB is 413 as a problem, an unknown method 405', async () => {
  const body = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
  const large = await send(nginx.port, { path: PATH, body });
  assert.deepEqual([large.status, problemIn(large).reason], [413, 'body_too_large']);
  const made = await exchangeBytes(
    nginx.port,
    `FROB ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  assert.match(made, /^HTTP\/1.1 405 [\s\S]*application\/problem\+json[\s\S]*"method_not_allowed"/);
});

it('errors before the location is known are problems too', async () => {
  const reply = await exchangeBytes(
    nginx.port,
    `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nA\0B: 1\r\nConnection: close\r\n\r\n`,
  );
  assert.match(reply, /^HTTP\/1.1 400 [\s\S]*application\/problem\+json/);
});

it('the docs page and its script come from the API, which is told nothing of who asks', async () => {
  const headers = { Authorization: 'Bearer mm_secret', Cookie: 'mm_secret', 'X-Own': 'mm_secret' };
  for (const [path, page] of [
    ['/metamcp/dev/api?api_key=mm_secret', '/docs/endpoint'],
    ['/metamcp/dev/api/docs/scalar-1.72.1.js', '/docs/scalar-1.72.1.js'],
  ] as const) {
    await nginx.planes.reset();
    assert.equal((await send(nginx.port, { path, headers })).status, 200);
    const { decision, plugin, api } = nginx.planes.received;
    assert.deepEqual([decision.length, plugin.length], [0, 0]);
    assert.deepEqual(
      api.map(({ method, url }) => [method, url]),
      [['GET', page]],
    );
    assert.ok(!JSON.stringify(api).includes('mm_secret'));
  }
});

it('nothing else of the API is reached beside the docs page', async () => {
  for (const path of [
    '/metamcp/dev/api/docs/endpoint',
    '/metamcp/dev/api/docs/other.js',
    '/metamcp/dev/api/docs/scalar-..js/../../keys',
    '/metamcp/dev/api/docs/scalar-1%2e0.js',
    '/metamcp/dev/api/docs/../../api/v1/keys',
    '/metamcp/dev/%61pi',
  ]) {
    const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const [status] = statusesIn(await exchangeBytes(nginx.port, head));
    assert.ok(status === 400 || status === 404, `${path}: ${status}`);
  }
  assert.equal(nginx.planes.received.api.length, 0);
});

it('the docs page can only be read, and is 503 as a problem without the control plane', async () => {
  const posted = await send(nginx.port, { path: '/metamcp/dev/api', body: '{}' });
  assert.deepEqual([posted.status, problemIn(posted).reason], [405, 'method_not_allowed']);
  await nginx.planes.stop('api');
  const reply = await send(nginx.port, { path: '/metamcp/dev/api' });
  assert.deepEqual([reply.status, problemIn(reply).reason], [503, 'unavailable']);
});
