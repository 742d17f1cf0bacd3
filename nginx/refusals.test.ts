/** What clients get when the control plane, NGINX or the proxy plugin refuses (reference 2.1). */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, beforeEach, it } from 'node:test';
import { startNginx } from './testing/nginx-under-test.ts';
import { allowHeaders } from './testing/planes.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const path = '/metamcp/dev/mcp';
const error = JSON.stringify({
  jsonrpc: '2.0',
  error: { code: 429, message: 'Limit "x" is used up.', data: { reason: 'limit_exceeded' } },
});

function refuse(status: number, headers: Record<string, string> = {}): void {
  nginx.planes.handle('decision', (_, response) => {
    const refusal = { 'X-Sluice-Status': String(status), 'X-Sluice-Error': error, ...headers };
    response.writeHead(status === 401 ? 401 : 403, { 'Content-Length': '0', ...refusal }).end();
  });
}

for (const status of [400, 401, 403, 404, 405, 429, 503]) {
  it(`a refusal reaches the client as ${status} with the control plane's JSON`, async () => {
    refuse(status, {
      'Retry-After': '12',
      RateLimit: '"x";r=0;t=12',
      'RateLimit-Policy': '"x";q=2',
    });
    const reply = await send(nginx.port, { path, body: '{}' });
    assert.equal(reply.status, status);
    assert.equal(reply.body, error);
    assert.equal(reply.headers['content-type'], 'application/json');
    assert.equal(reply.headers['retry-after'], '12');
    assert.equal(reply.headers.ratelimit, '"x";r=0;t=12');
    assert.equal(reply.headers['ratelimit-policy'], '"x";q=2');
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.equal(nginx.planes.received.plugin.length, 0);
  });
}

it('a refusal of a status that NGINX does not know is 403', async () => {
  refuse(418);
  const reply = await send(nginx.port, { path, body: '{}' });
  assert.deepEqual([reply.status, reply.body], [403, error]);
});

it('the 401 challenge reaches the client once', async () => {
  refuse(401, { 'WWW-Authenticate': 'Bearer realm="dev"' });
  const reply = await send(nginx.port, { path, body: '{}' });
  assert.equal(reply.headers['www-authenticate'], 'Bearer realm="dev"');
});

it('the 403 challenge reaches the client once', async () => {
  refuse(403, { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' });
  const reply = await send(nginx.port, { path, body: '{}' });
  assert.equal(reply.headers['www-authenticate'], 'Bearer error="insufficient_scope"');
});

it('a page of an allowed origin can read the refusal, another one can not', async () => {
  refuse(401, { 'X-Sluice-Cors-Origin': 'https://app.example' });
  const allowed = await send(nginx.port, { path, body: '{}' });
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://app.example');
  assert.match(String(allowed.headers['access-control-expose-headers']), /Retry-After/);
  assert.equal(allowed.headers.vary, 'Origin');
  refuse(401);
  const other = await send(nginx.port, { path, body: '{}' });
  assert.equal(other.headers['access-control-allow-origin'], undefined);
  assert.equal(other.headers['access-control-expose-headers'], undefined);
  assert.equal(other.headers.vary, 'Origin');
});

it('a refusal costs neither the client nor the control plane a connection', async () => {
  refuse(429);
  const before = nginx.planes.connections('decision');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let round = 0; round < 5; round += 1) ports.add(await localPort(agent));
  agent.destroy();
  assert.equal(ports.size, 1);
  assert.ok(nginx.planes.connections('decision') - before <= 1);
});

for (const status of [401, 403, 404, 413, 429, 500, 502, 503]) {
  it(`the plugin's own ${status} passes with its headers and body`, async () => {
    nginx.planes.handle('plugin', (_, response) => {
      response.writeHead(status, { 'Content-Type': 'text/x-own', 'X-Own': 'yes' }).end('own');
    });
    const reply = await send(nginx.port, { path, body: '{}' });
    assert.deepEqual([reply.status, reply.body], [status, 'own']);
    assert.equal(reply.headers['x-own'], 'yes');
    assert.equal(reply.headers['content-type'], 'text/x-own');
  });
}

it('an answer with a body is still a decision', async () => {
  nginx.planes.handle('decision', (_, response) => {
    response.writeHead(200, allowHeaders('signed')).end('needless');
  });
  const reply = await send(nginx.port, { path, body: '{}' });
  assert.equal(reply.status, 200);
  assert.deepEqual(nginx.planes.received.plugin[0]?.headers['x-sluice-decision'], ['signed']);
});

/** Of the client's connection that carried one refused request. */
function localPort(agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: nginx.port, path, method: 'POST', agent };
    const sent = request(options, (response) => {
      const { localPort: port } = response.socket;
      response.resume().on('end', () => resolve(port));
    });
    sent.on('error', reject).end('{"some":"body"}');
  });
}
