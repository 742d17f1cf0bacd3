/** What the proxy plugin gets: headers of ours, one value each, and no credential (reference 2.5, threats 1 and 32). */
import assert from 'node:assert/strict';
import { after, beforeEach, it } from 'node:test';
import { exchangeBytes } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { allowHeaders } from './testing/planes.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const path = '/metamcp/dev/mcp';

async function forwarded(outgoing: Parameters<typeof send>[1]) {
  const { status } = await send(nginx.port, outgoing);
  assert.equal(status, 200);
  const request = nginx.planes.received.plugin[0];
  assert.ok(request, 'forwarded');
  return request;
}

/** Sends header lines as they are, duplicates and odd ones included. */
async function forwardedLines(lines: readonly string[]) {
  const head = ['GET /metamcp/dev/mcp HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines];
  const reply = await exchangeBytes(nginx.port, `${head.join('\r\n')}\r\n\r\n`);
  const request = nginx.planes.received.plugin[0];
  assert.ok(request, reply);
  return request;
}

it('internal headers of clients are overwritten or dropped, in any spelling', async () => {
  const ours = ['Decision', 'Endpoint', 'Route', 'Request-Id', 'Client-IP', 'Principal', 'Reason'];
  const names = [...ours, 'Status', 'Error', 'Method', 'Query-Key', 'Cors-Origin'].flatMap(
    (name) => [
      `X-Sluice-${name}`,
      `x-sluice-${name.toLowerCase()}`,
      `X-SLUICE-${name.toUpperCase()}`,
      `X_Sluice_${name.replaceAll('-', '_')}`,
      `X-Sluice_${name}`,
    ],
  );
  const lines = [...names, 'RateLimit', 'RateLimit-Policy', 'ratelimit'].map(
    (name) => `${name}: evil`,
  );
  const { headers } = await forwardedLines(lines);
  const { 'x-sluice-request-id': [requestId = ''] = [], ...others } = headers;
  assert.match(requestId, /^[0-9a-f]{32}$/);
  assert.deepEqual(others, {
    host: ['localhost'],
    'x-sluice-decision': ['stand-in'],
    'x-sluice-endpoint': ['dev'],
    'x-sluice-route': ['mcp'],
    'x-sluice-client-ip': ['127.0.0.1'],
  });
});

it('identities and addresses that only a trusted proxy could vouch for are dropped', async () => {
  const names = [
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Preferred-Username',
    'X-Forwarded-Access-Token',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Uri',
    'X-Original-URI',
    'X-Original-Method',
    'X-Real-IP',
    'Forwarded',
    'X-Request-Id',
  ];
  const { headers } = await forwardedLines(names.map((name) => `${name}: evil`));
  for (const name of names) assert.equal(headers[name.toLowerCase()], undefined, name);
});

it('no credential of the client and no query reach the plugin', async () => {
  const credentials = {
    Authorization: 'Bearer mm_secret',
    'X-API-Key': 'mm_secret',
    Cookie: 'session=mm_secret',
    'Proxy-Authorization': 'Basic mm_secret',
  };
  const request = await forwarded({ path: `${path}?api_key=mm_secret&x=1`, headers: credentials });
  assert.equal(request.url, path);
  assert.ok(!JSON.stringify(request).includes('mm_secret'));
});

it('both planes judge the same string when a client sends a header twice', async () => {
  const names = ['Mcp-Name', 'Mcp-Method', 'Mcp-Session-Id', 'MCP-Protocol-Version', 'Origin'];
  const lines = names.flatMap((name) => [`${name}: good`, `${name.toLowerCase()}: evil`]);
  const { headers } = await forwardedLines(lines);
  const asked = nginx.planes.received.decision[0]?.headers ?? {};
  for (const name of names.map((each) => each.toLowerCase())) {
    assert.equal(headers[name]?.length, 1, name);
    assert.deepEqual(headers[name], asked[name], name);
  }
});

it('a second Authorization or Host header is 400', async () => {
  for (const line of ['Authorization: Bearer a\r\nAuthorization: Bearer b', 'Host: other']) {
    const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${line}\r\n\r\n`;
    assert.match(await exchangeBytes(nginx.port, head), /^HTTP\/1\.1 400 /);
  }
  assert.equal(nginx.planes.received.decision.length, 0);
});

it('a second X-API-Key reaches neither plane as a second key', async () => {
  await forwardedLines(['X-API-Key: mm_a', 'X-API-Key: mm_b']);
  assert.equal(nginx.planes.received.decision[0]?.headers['x-api-key']?.length, 1);
});

it('an encoded Mcp-Name passes to both planes as it is', async () => {
  const name = '=?base64?w6R0b29s?=';
  const { headers } = await forwarded({ path, headers: { 'Mcp-Name': name } });
  assert.deepEqual(headers['mcp-name'], [name]);
  assert.deepEqual(nginx.planes.received.decision[0]?.headers['mcp-name'], [name]);
});

it('an Mcp-Name of 14 kB passes to both planes', async () => {
  const name = 'u'.repeat(14_000);
  const { headers } = await forwarded({ path, headers: { 'Mcp-Name': name } });
  assert.deepEqual(headers['mcp-name'], [name]);
  assert.deepEqual(nginx.planes.received.decision[0]?.headers['mcp-name'], [name]);
});

it('other headers of clients pass', async () => {
  const own = {
    Accept: 'text/event-stream',
    'Last-Event-ID': '7',
    'Mcp-Param-Region': 'eu',
    'X-Own': '1',
  };
  const { headers } = await forwarded({ path, headers: own });
  for (const [name, value] of Object.entries(own)) {
    assert.deepEqual(headers[name.toLowerCase()], [value]);
  }
});

it('hop-by-hop headers end at NGINX, and a chunked body arrives with its length', async () => {
  const headers = {
    Connection: 'keep-alive, X-Own',
    'Keep-Alive': 'timeout=5',
    Upgrade: 'websocket',
    TE: 'trailers',
    'Proxy-Connection': 'keep-alive',
    'Transfer-Encoding': 'chunked',
  };
  const request = await forwarded({ path, body: '{"a":1}', chunked: true, headers });
  assert.equal(request.body, '{"a":1}');
  assert.deepEqual(request.headers['content-length'], ['7']);
  for (const name of [
    'connection',
    'keep-alive',
    'upgrade',
    'te',
    'proxy-connection',
    'transfer-encoding',
  ]) {
    assert.equal(request.headers[name], undefined, name);
  }
});

it('the rate limit of the decision reaches the plugin, which answers with it', async () => {
  nginx.planes.handle('decision', (_, response) => {
    const limit = { RateLimit: '"x";r=1;t=2', 'RateLimit-Policy': '"x";q=3' };
    response.writeHead(204, { ...allowHeaders('signed'), ...limit }).end();
  });
  const { headers } = await forwarded({ path });
  assert.deepEqual(headers.ratelimit, ['"x";r=1;t=2']);
  assert.deepEqual(headers['ratelimit-policy'], ['"x";q=3']);
});

it('X-Accel headers of the plugin are neither obeyed nor shown', async () => {
  nginx.planes.handle('plugin', (_, response) => {
    const accel = { 'X-Accel-Redirect': '/_sluice/decision', 'X-Accel-Limit-Rate': '1' };
    response.writeHead(200, { ...accel, 'X-Accel-Expires': '60', 'X-Accel-Charset': 'koi8-r' });
    response.end('plain');
  });
  const reply = await send(nginx.port, { path });
  assert.deepEqual([reply.status, reply.body], [200, 'plain']);
  assert.deepEqual(
    Object.keys(reply.headers).filter((name) => name.startsWith('x-accel')),
    [],
  );
  await send(nginx.port, { path });
  assert.equal(nginx.planes.received.plugin.length, 2, 'nothing is cached');
});

it('request ids are ours and differ', async () => {
  const first = await forwarded({ path, headers: { 'X-Request-Id': 'theirs' } });
  await send(nginx.port, { path });
  const ids = nginx.planes.received.plugin.map(
    ({ headers }) => headers['x-sluice-request-id']?.[0],
  );
  assert.equal(new Set([...ids, 'theirs']).size, 3);
  assert.deepEqual(
    nginx.planes.received.decision.map(({ headers }) => headers['x-sluice-request-id']?.[0]),
    ids,
  );
  assert.equal(first.headers['x-request-id'], undefined);
});
