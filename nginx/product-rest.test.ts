/** REST through the whole product: no way around rules, credentials, limits or revocation. */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { issueKey, put } from '../scripts/end-to-end/provision.ts';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { type Reply, send } from './testing/send.ts';
import { startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const { gateway, port, key, server } = product;

function call(tool: string, headers: Record<string, string> = {}, body = '{"a":1}') {
  const all = { 'x-api-key': key, 'content-type': 'application/json', ...headers };
  return send(port, { path: `/metamcp/pub/api/${tool}`, headers: all, body });
}

function reasonOf(reply: Reply): string {
  assert.equal(reply.headers['content-type'], 'application/problem+json', reply.body);
  return reply.json<{ reason: string }>().reason;
}

async function callRecord(reply: Reply) {
  const path = `/api/v1/calls?request_id=${reply.headers['x-request-id']}`;
  return waitFor(async () => {
    const { body } = await gateway.api('GET', path);
    return (body as { items: Record<string, unknown>[] }).items[0];
  }, 'the call record');
}

it('a tool is called with its arguments, and its result is the answer', async () => {
  const reply = await call('rec__echo');
  assert.equal(reply.status, 200, reply.body);
  assert.deepEqual(reply.json(), { content: [{ type: 'text', text: '{"a":1}' }] });
  const { transport, method, server: called, name, outcome } = await callRecord(reply);
  const recorded = [transport, method, called, name, outcome];
  assert.deepEqual(recorded, ['rest', 'tools/call', 'rec', 'echo', 'ok']);
});

it('what a key cannot list it cannot call (invariant 1)', async () => {
  const narrow = await issueKey(gateway, 'narrow', { endpoints: ['pub'], allow: ['rec/echo'] });
  server.forget();
  assert.equal((await call('rec__echo', { 'x-api-key': narrow })).status, 200);
  const hidden = await call('rec__danger', { 'x-api-key': narrow });
  assert.deepEqual([hidden.status, reasonOf(hidden)], [404, 'tool_not_found']);
  assert.equal(server.received('tools/call').length, 1);
  assert.equal((await callRecord(hidden)).reason, 'not_granted');
  const described = await send(port, {
    path: '/metamcp/pub/api/openapi.json',
    headers: { 'x-api-key': narrow },
  });
  const { paths, servers } = described.json<{ paths: object; servers: object[] }>();
  assert.deepEqual(Object.keys(paths), ['/rec__echo']);
  assert.deepEqual(servers, [{ url: `${gateway.url}/metamcp/pub/api` }]);
});

it('a rename changes the path, never what is allowed (invariant 2)', async () => {
  const renamed = { danger: { name: 'rec__echo.safe' }, echo: { name: 'rec__danger' } };
  await put(gateway, 'namespaces/main', { members: [{ server: 'rec', tools: renamed }] });
  const narrow = await issueKey(gateway, 'renamed', { endpoints: ['pub'], allow: ['rec/echo'] });
  const headers = { 'x-api-key': narrow };
  assert.equal((await call('rec__danger', headers)).status, 200);
  assert.equal((await call('rec__echo.safe', headers)).status, 404);
  await put(gateway, 'namespaces/main', { members: [{ server: 'rec' }] });
});

it("no credential of the client reaches the upstream, and an upstream's 401 is none (invariant 3)", async () => {
  server.forget();
  await call('rec__echo', { authorization: `Bearer ${key}`, cookie: `a=${key}` });
  assert.equal(server.received('tools/call').length, 1);
  assert.ok(!JSON.stringify(server.received()).includes(key));
  server.onCall = (response) => void response.writeHead(401).end();
  const reply = await call('rec__echo');
  server.onCall = undefined;
  assert.deepEqual([reply.status, reasonOf(reply)], [502, 'unauthorized']);
  assert.equal(reply.headers['www-authenticate'], undefined);
});

it('without a good key nothing passes, and the problem says what to do', async () => {
  server.forget();
  const none = await call('rec__echo', { 'x-api-key': '' });
  assert.deepEqual([none.status, reasonOf(none)], [401, 'missing_credential']);
  assert.match(String(none.headers['www-authenticate']), /^Bearer realm="pub"/);
  const unread = await send(port, { path: '/metamcp/pub/api/openapi.json' });
  assert.deepEqual([unread.status, reasonOf(unread)], [401, 'missing_credential']);
  const other = await issueKey(gateway, 'other', { endpoints: ['priv'] });
  const foreign = await call('rec__echo', { 'x-api-key': other });
  assert.deepEqual([foreign.status, reasonOf(foreign)], [403, 'endpoint_not_granted']);
  const query = await send(port, { path: `/metamcp/pub/api/rec__echo?api_key=${key}`, body: '{}' });
  assert.deepEqual([query.status, reasonOf(query)], [400, 'query_credential_refused']);
  assert.equal(server.received('tools/call').length, 0);
});

it('headers of the gateway that a client sends change nothing (invariant 8)', async () => {
  const narrow = await issueKey(gateway, 'liar', { endpoints: ['pub'], allow: ['rec/echo'] });
  const forged = {
    'x-sluice-tool': 'rec__echo',
    'x-sluice-route': 'mcp',
    'x-sluice-decision': 'x',
  };
  const reply = await call('rec__danger', { 'x-api-key': narrow, ...forged });
  assert.deepEqual([reply.status, reasonOf(reply)], [404, 'tool_not_found']);
});

it('a revoked key acts on the next call', async () => {
  const doomed = await issueKey(gateway, 'doomed', { endpoints: ['pub'] });
  assert.equal((await call('rec__echo', { 'x-api-key': doomed })).status, 200);
  await gateway.api('POST', '/api/v1/keys/doomed/revoke');
  const reply = await call('rec__echo', { 'x-api-key': doomed });
  assert.deepEqual([reply.status, reasonOf(reply)], [401, 'revoked_credential']);
});

it('limits of both units count, and refuse with 429, never with 503', async () => {
  const hour = { per: 'key', rate: 2, burst: 2, period_seconds: 3_600 };
  await put(gateway, 'limits/calls', { unit: 'call', tool: 'rec/echo', ...hour });
  const first = await call('rec__echo');
  assert.match(String(first.headers.ratelimit), /"calls";r=1/);
  await call('rec__echo');
  server.forget();
  const refused = await call('rec__echo');
  assert.deepEqual([refused.status, reasonOf(refused)], [429, 'limit_exceeded']);
  assert.match(refused.body, /"calls\\"/);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal(server.received('tools/call').length, 0);
  assert.equal((await call('rec__danger')).status, 200, 'another tool');
  const { body: metrics } = await gateway.api('GET', '/metrics');
  assert.match(String(metrics), /sluice_decisions_total/);
  assert.doesNotMatch(String(metrics), /sluice_asks_total/, 'all with the decision');
  await gateway.api('DELETE', '/api/v1/limits/calls');
  await put(gateway, 'limits/requests', { unit: 'request', ...hour, rate: 1, burst: 1 });
  await call('rec__echo');
  const flooded = await call('rec__echo');
  await gateway.api('DELETE', '/api/v1/limits/requests');
  assert.deepEqual([flooded.status, reasonOf(flooded)], [429, 'limit_exceeded']);
});

it('pages of allowed origins may call, others may not', async () => {
  const allowed = await call('rec__echo', { origin: 'https://app.example' });
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://app.example');
  const foreign = await call('rec__echo', { origin: 'https://evil.example' });
  assert.deepEqual([foreign.status, reasonOf(foreign)], [403, 'origin_not_allowed']);
  const preflight = await send(port, {
    path: '/metamcp/pub/api/rec__echo',
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
  });
  assert.equal(preflight.status, 204);
});

it('an endpoint without REST refuses it', async () => {
  await put(gateway, 'endpoints/pub', { namespace: 'main', transports: ['streamable-http'] });
  const reply = await call('rec__echo');
  assert.deepEqual([reply.status, reasonOf(reply)], [404, 'transport_not_offered']);
});
