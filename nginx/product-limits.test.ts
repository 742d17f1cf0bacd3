/** Rate limits that nobody can talk their way around (threat 41). */
import assert from 'node:assert/strict';
import { after, afterEach, it } from 'node:test';
import { openSession } from '../scripts/end-to-end/mcp-session.ts';
import { issueKey, put } from '../scripts/end-to-end/provision.ts';
import { send } from './testing/send.ts';
import { PUB, startProduct } from './testing/start-product.ts';

const product = await startProduct({ SLUICE_LIMIT_HEADERS: 'x-tenant' });
after(() => product[Symbol.asyncDispose]());
const { gateway, port, key } = product;
const session = await openSession(product.pub, key);
const HOUR = 3_600;

const limits = new Set<string>();
async function limit(name: string, fields: Record<string, unknown>): Promise<void> {
  limits.add(name);
  await put(gateway, `limits/${name}`, { unit: 'request', period_seconds: HOUR, ...fields });
}
afterEach(async () => {
  for (const name of limits) await gateway.api('DELETE', `/api/v1/limits/${name}`);
  limits.clear();
});

async function ping(headers: Record<string, string> = {}) {
  const all = { ...session.headers, 'content-type': 'application/json', ...headers };
  const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  return send(port, { path: PUB, headers: all, body });
}

it('an exceeded limit is 429 with Retry-After, its rate, and a text that names it', async () => {
  await limit('tight', { per: 'key', rate: 2, burst: 2 });
  const statuses = [await ping(), await ping(), await ping()].map(({ status }) => status);
  assert.deepEqual(statuses, [200, 200, 429]);
  const reply = await ping();
  assert.ok(Number(reply.headers['retry-after']) > 60);
  assert.match(String(reply.headers.ratelimit), /"tight";r=0/);
  assert.match(String(reply.headers['ratelimit-policy']), /"tight";q=2/);
  const { error } = reply.json<{ error: { message: string; data: { reason: string } } }>();
  assert.equal(error.data.reason, 'limit_exceeded');
  assert.match(error.message, /tight/);
});

it('before a session exists the refusal is 503, which no client takes for a legacy server', async () => {
  await limit('tight', { per: 'key', rate: 1, burst: 1 });
  await ping();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = '{"jsonrpc":"2.0","id":1,"method":"initialize"}';
  const reply = await send(port, { path: PUB, headers, body });
  assert.equal(reply.status, 503);
  assert.ok(Number(reply.headers['retry-after']) > 0);
});

it('an allowed reply says what is left', async () => {
  await limit('wide', { per: 'key', rate: 10, burst: 10 });
  assert.match(String((await ping()).headers.ratelimit), /"wide";r=9/);
});

it('no header moves a client into another bucket of its address', async () => {
  await limit('by-address', { per: 'ip', rate: 1, burst: 1 });
  assert.equal((await ping()).status, 200);
  const names = [
    'X-Forwarded-For',
    'X-Real-IP',
    'Forwarded',
    'X-Sluice-Client-IP',
    'True-Client-IP',
  ];
  for (const name of names) assert.equal((await ping({ [name]: '6.6.6.6' })).status, 429, name);
});

it('a header counts only where the operator named it, and then each value for itself', async () => {
  await limit('by-tenant', { per: 'header:x-tenant', rate: 1, burst: 1 });
  assert.equal((await ping({ 'X-Tenant': 'a' })).status, 200);
  assert.equal((await ping({ 'X-Tenant': 'b' })).status, 200);
  assert.equal((await ping({ 'X-Tenant': 'a' })).status, 429);
  const { status } = await gateway.api('PUT', '/api/v1/limits/by-other', {
    unit: 'request',
    per: 'header:x-other',
    rate: 1,
    period_seconds: HOUR,
  });
  assert.equal(status, 422);
});

it('a rotated key shares the quota of its former self', async () => {
  const old = await issueKey(gateway, 'rotated', { endpoints: ['pub'] });
  const headers = (await openSession(product.pub, old)).headers;
  await limit('tight', { per: 'key', rate: 1, burst: 1 });
  assert.equal((await ping(headers)).status, 200);
  const { body } = await gateway.api('POST', '/api/v1/keys/rotated/rotate', {});
  const { secret } = body as { secret: string };
  assert.equal((await ping({ ...headers, authorization: `Bearer ${secret}` })).status, 429);
});

it('a raised limit acts on the next request, a removed one too', async () => {
  await limit('tight', { per: 'key', rate: 1, burst: 1 });
  await ping();
  assert.equal((await ping()).status, 429);
  await limit('tight', { per: 'key', rate: 1_000_000, burst: 1_000 });
  assert.equal((await ping()).status, 200);
});

it('a refusal by one of several limits is charged to none', async () => {
  await limit('tight', { per: 'key', rate: 1, burst: 1 });
  await limit('spare', { per: 'key', rate: 10, burst: 10 });
  await ping();
  for (let round = 0; round < 5; round += 1) assert.equal((await ping()).status, 429);
  await gateway.api('DELETE', '/api/v1/limits/tight');
  assert.match(String((await ping()).headers.ratelimit), /"spare";r=8/);
});
