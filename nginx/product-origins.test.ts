/** Web pages of other origins, and host names that somebody else chose (threats 26 and 34). */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { send } from './testing/send.ts';
import { PUB, startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const { gateway, port, key } = product;

function ask(headers: Record<string, string>, method = 'POST') {
  const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers };
  const body = method === 'POST' ? { body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' } : {};
  return send(port, { path: PUB, method, headers: all, ...body });
}

for (const origin of [
  'null',
  'https://evil.example',
  'https://app.example.evil.example',
  'https://evil-app.example',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example@evil.example',
  'https://APP.example.evil',
  'file://',
]) {
  it(`a page of ${origin} is 403 even with a good key, and can read nothing`, async () => {
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const reply = await ask({ origin, 'access-control-request-method': 'POST' }, method);
      assert.equal(reply.status, 403, method);
      assert.match(reply.body, /origin_not_allowed/);
      assert.equal(reply.headers['access-control-allow-origin'], undefined);
      assert.equal(reply.headers['access-control-allow-credentials'], undefined);
    }
  });
}

it('a page of an allowed origin passes, without one nothing changes', async () => {
  const allowed = await ask({ origin: 'https://app.example' });
  assert.notEqual(allowed.status, 403);
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://app.example');
  assert.equal(allowed.headers['access-control-allow-credentials'], undefined);
  assert.notEqual((await ask({})).status, 403);
});

it('a preflight of an allowed origin needs no key and reflects nothing else', async () => {
  const headers = {
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, x-evil',
  };
  const reply = await send(port, { path: PUB, method: 'OPTIONS', headers });
  assert.equal(reply.status, 204);
  assert.equal(reply.headers['access-control-allow-origin'], 'https://app.example');
  assert.equal(reply.headers['access-control-allow-credentials'], undefined);
  assert.doesNotMatch(String(reply.headers['access-control-allow-headers']), /x-evil/);
});

it('a page of an allowed origin can read why its key was refused', async () => {
  const reply = await ask({ origin: 'https://app.example', authorization: 'Bearer wrong' });
  assert.equal(reply.status, 401);
  assert.equal(reply.headers['access-control-allow-origin'], 'https://app.example');
  assert.match(String(reply.headers['access-control-expose-headers']), /WWW-Authenticate/);
});

it('DNS rebinding is 421: the name in Host is not ours, the Origin agrees with it', async () => {
  const reply = await ask({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` });
  assert.equal(reply.status, 421);
});

it('the admin plane has no CORS, and refuses unknown hosts', async () => {
  const headers = { authorization: `Bearer ${gateway.adminKey}`, origin: 'https://evil.example' };
  for (const method of ['GET', 'OPTIONS']) {
    const reply = await send(port, { path: '/api/v1/servers', method, headers });
    const cors = Object.keys(reply.headers).filter((name) => name.startsWith('access-control-'));
    assert.deepEqual(cors, [], method);
  }
  const host = await send(port, { path: '/api/v1/servers', headers: { ...headers, host: 'evil' } });
  assert.equal(host.status, 421);
});

it('computed URLs and challenges do not follow Host or X-Forwarded-Host', async () => {
  const spoofed = {
    host: `localhost:${port}`,
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example;proto=https',
  };
  const admin = { authorization: `Bearer ${gateway.adminKey}`, ...spoofed };
  const endpoint = await send(port, { path: '/api/v1/endpoints/pub', headers: admin });
  assert.equal(endpoint.json<{ url: string }>().url, product.pub);
  const challenge = await send(port, { path: PUB, headers: spoofed, body: '{}' });
  assert.equal(challenge.status, 401);
  assert.doesNotMatch(JSON.stringify(challenge), /evil\.example|localhost/);
  const document = await send(port, { path: '/openapi.json', headers: spoofed });
  assert.equal(document.status, 200);
  assert.doesNotMatch(document.body, /evil\.example/);
});

it('every reply carries one request id, ours, on every surface and for every refusal', async () => {
  const theirs = { 'x-request-id': 'theirs' };
  const admin = { authorization: `Bearer ${gateway.adminKey}`, ...theirs };
  const replies = [
    await ask(theirs),
    await ask({ ...theirs, authorization: 'Bearer wrong' }),
    await ask({ ...theirs, origin: 'https://evil.example' }),
    await send(port, { path: '/metamcp/pub/nothing', headers: theirs }),
    await send(port, { path: '/nothing', headers: theirs }),
    await send(port, { path: '/api/v1/servers', headers: admin }),
    await send(port, { path: '/api/v1/servers/none', headers: admin }),
    await send(port, { path: '/metrics', headers: admin }),
    await send(port, { path: '/readyz', headers: theirs }),
  ];
  const ids = replies.map(({ headers }) => String(headers['x-request-id']));
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(new Set(ids).size, replies.length);
});
