/** Only the plain form of a path is served: every odd one is 400 or 404 (threats 3 and 4). */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { exchangeBytes, statusesIn } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx({ adminApart: true });
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const ODD = [
  '/metamcp/pub/../priv/mcp',
  '/metamcp/pub/%2e%2e/priv/mcp',
  '/metamcp/pub%2f..%2fpriv/mcp',
  '/metamcp/pub%2Fmcp',
  '/metamcp//priv/mcp',
  '//metamcp/priv/mcp',
  '/metamcp/priv//mcp',
  '/metamcp/priv/mcp#/../x',
  '/metamcp/pub/mcp#/../../priv/mcp',
  '/metamcp/pub\\..\\priv/mcp',
  '/metamcp/pub/..%5cpriv/mcp',
  '/metamcp/%70riv/mcp',
  '/metamcp/priv/%6dcp',
  '/%6detamcp/priv/mcp',
  '/./metamcp/priv/mcp',
  '/metamcp/./priv/mcp',
  '/x/../metamcp/priv/mcp',
  '/metamcp/priv/mcp/',
  '/metamcp/priv/mcp/.',
  '/metamcp/priv/mcp/..',
  '/metamcp/priv/mcp/x',
  '/metamcp/priv/mcp%00',
  '/metamcp/priv/mcp%3fx=1',
  '/metamcp/priv/mcp%20',
  '/metamcp/priv;x/mcp',
  '/metamcp/priv.x/mcp',
  '/metamcp/priv/MCP',
  '/METAMCP/priv/mcp',
  '/metamcp/mcp',
  '/metamcp/',
  '/metamcp',
  '/metamcp/priv/sse/',
  '/metamcp/priv/sse/../mcp',
  '/metamcp/priv/%73se',
  '/metamcp/priv/SSE',
  '/metamcp/priv/messages',
  '/metamcp/priv/message/?sessionId=x',
  '/metamcp/priv/message%3fsessionId=x',
  '/metamcp/priv//message?sessionId=x',
  '/metamcp/priv/mcp?x#y',
  `/metamcp/${'a'.repeat(65)}/mcp`,
];

for (const path of ODD) {
  it(`${path.length > 80 ? 'an endpoint of 65 characters' : path} is refused, and no plane hears of it`, async () => {
    const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const reply = await exchangeBytes(nginx.port, head);
    const [status] = statusesIn(reply);
    assert.ok(status === 400 || status === 404, reply);
    assert.match(reply, /Content-Type: application\/(problem\+)?json/);
    assert.deepEqual(nginx.planes.received, { decision: [], plugin: [], api: [] });
  });
}

it('random encodings of another endpoint never reach a plane under two names', async () => {
  const random = seededRandom(1);
  const parts = [
    '/',
    '//',
    '%2f',
    '..',
    '%2e%2e',
    '.',
    'pub',
    'priv',
    'mcp',
    '\\',
    '%5c',
    '#',
    '?',
    '%',
    ';',
    'metamcp',
  ];
  for (let round = 0; round < 300; round += 1) {
    const length = 1 + Math.floor(random() * 8);
    const tail = Array.from({ length }, () => parts[Math.floor(random() * parts.length)]).join('');
    const head = `GET /metamcp/${tail} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    await exchangeBytes(nginx.port, head);
  }
  const asked = nginx.planes.received.decision.map(
    ({ headers }) => headers['x-sluice-endpoint']?.[0],
  );
  const got = nginx.planes.received.plugin.map(({ headers }) => headers['x-sluice-endpoint']?.[0]);
  assert.deepEqual(got, asked);
  for (const { url, headers } of nginx.planes.received.plugin) {
    assert.equal(url, `/metamcp/${headers['x-sluice-endpoint']?.[0]}/mcp`);
  }
});

it('a plain query and the absolute form reach the right endpoint', async () => {
  for (const path of [
    '/metamcp/pub/mcp?a=/../priv/mcp',
    '/metamcp/pub/mcp?',
    'http://localhost/metamcp/pub/mcp',
  ]) {
    await nginx.planes.reset();
    assert.equal((await send(nginx.port, { path, headers: { Host: 'localhost' } })).status, 200);
    assert.deepEqual(nginx.planes.received.decision[0]?.headers['x-sluice-endpoint'], ['pub']);
    assert.equal(nginx.planes.received.plugin[0]?.url, '/metamcp/pub/mcp');
  }
});

it('an endpoint of 64 characters, case kept, is served', async () => {
  const endpoint = `A_-${'z'.repeat(61)}`;
  assert.equal((await send(nginx.port, { path: `/metamcp/${endpoint}/mcp` })).status, 200);
  assert.deepEqual(nginx.planes.received.plugin[0]?.headers['x-sluice-endpoint'], [endpoint]);
});

it('headers that name another path or method, or a health check, change nothing', async () => {
  const headers = {
    'X-Original-URI': '/metamcp/priv/mcp',
    'X-Forwarded-Uri': '/metamcp/priv/mcp',
    'X-Rewrite-URL': '/metamcp/priv/mcp',
    'X-Original-Method': 'OPTIONS',
    'X-HTTP-Method-Override': 'OPTIONS',
    'User-Agent': 'GoogleHC/1.0',
  };
  await send(nginx.port, { path: '/metamcp/pub/mcp', headers, body: '{}' });
  const [asked] = nginx.planes.received.decision;
  assert.deepEqual(asked?.headers['x-sluice-endpoint'], ['pub']);
  assert.deepEqual(asked?.headers['x-sluice-method'], ['POST']);
});

it('no encoding on the data listener reaches the API through the health check', async () => {
  for (const path of [
    '/api/v1/keys/..%2f..%2f..%2freadyz',
    '/api/%2e%2e/readyz',
    '/api/../readyz',
  ]) {
    await nginx.planes.reset();
    await send(nginx.port, { path });
    for (const { url } of nginx.planes.received.api) assert.equal(url, '/readyz', path);
  }
});

/** Park and Miller: the same numbers on each run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
