/** HTTP+SSE through the whole product: no way around rules, credentials, sessions or revocation. */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { issueKey, put } from '../scripts/end-to-end/provision.ts';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { send } from './testing/send.ts';
import { openSseClient } from './testing/sse-client.ts';
import { startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const { gateway, port, key, server } = product;

const call = (name: string, args: unknown = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});

it('what a key cannot list it cannot call (invariant 1)', async () => {
  const narrow = await issueKey(gateway, 'narrow', { endpoints: ['pub'], allow: ['rec/echo'] });
  const client = await openSseClient(port, narrow);
  const listed = await client.request({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  assert.match(listed, /rec__echo/);
  assert.doesNotMatch(listed, /rec__danger/);
  server.forget();
  assert.match(await client.request(call('rec__danger')), /Unknown tool: rec__danger/);
  assert.equal(server.received('tools/call').length, 0);
  client.close();
});

it("no credential of the client reaches the upstream, and an upstream's 401 is none (invariant 3)", async () => {
  const client = await openSseClient(port, key, { Cookie: `a=${key}`, 'X-Own': 'mine' });
  server.forget();
  await client.request(call('rec__echo', { a: 1 }));
  assert.ok(server.received('tools/call').length > 0);
  assert.ok(!JSON.stringify(server.received()).includes(key));
  server.onCall = (response) => void response.writeHead(401).end();
  const reply = await client.request(call('rec__echo'));
  server.onCall = undefined;
  assert.match(reply, /"isError":true/);
  client.close();
});

it('a session id is no credential, and none for another key or endpoint', async () => {
  const client = await openSseClient(port, key);
  const other = await issueKey(gateway, 'other', { endpoints: ['pub', 'priv'] });
  const post = (headers: Record<string, string>, path = client.path) => {
    const all = { 'content-type': 'application/json', ...headers };
    return send(port, { path, headers: all, body: JSON.stringify(call('rec__echo')) });
  };
  server.forget();
  assert.equal((await post({})).status, 401);
  assert.equal((await post({ 'x-api-key': other })).status, 404);
  const elsewhere = client.path.replace('/pub/', '/priv/');
  assert.equal((await post({ 'x-api-key': other }, elsewhere)).status, 404);
  assert.equal((await post({ 'x-api-key': key }, elsewhere)).status, 404, 'no stream there');
  assert.equal(server.received('tools/call').length, 0);
  client.close();
});

it('a revoked key loses its stream within a second, and its next message is 401', async () => {
  const doomed = await issueKey(gateway, 'doomed', { endpoints: ['pub'] });
  const client = await openSseClient(port, doomed);
  const { status } = await gateway.api('POST', '/api/v1/keys/doomed/revoke');
  const revokedAt = performance.now();
  assert.equal(status, 200);
  await client.ended;
  assert.ok(performance.now() - revokedAt < 1_000, 'the stream ended within a second');
  assert.equal((await client.post(call('rec__echo'))).status, 401);
});

it('a limit is told on the stream under the id of the request, and the POST is 202', async () => {
  const client = await openSseClient(port, key);
  await put(gateway, 'limits/tight', { unit: 'request', per: 'key', rate: 1, period_seconds: 60 });
  await client.post(call('rec__echo'));
  const refused = { ...call('rec__echo'), id: 'mine' };
  const { status, headers } = await client.post(refused);
  assert.equal(status, 202);
  assert.match(String(headers.ratelimit), /"tight";r=0/);
  await client.received('"id":"mine","error":{"code":429,"message":"Limit \\"tight\\"');
  await gateway.api('DELETE', '/api/v1/limits/tight');
  await waitFor(async () => {
    const { body } = await gateway.api('GET', '/api/v1/calls?outcome=denied');
    return JSON.stringify(body).includes('limit_exceeded');
  }, 'its record');
  client.close();
});

it('an endpoint without HTTP+SSE refuses it, and open streams end when it is switched off', async () => {
  const client = await openSseClient(port, key);
  const body = { namespace: 'main', transports: ['streamable-http'] };
  await put(gateway, 'endpoints/pub', body);
  await client.ended;
  const headers = { 'x-api-key': key };
  const reply = await send(port, { path: '/metamcp/pub/sse', headers });
  assert.equal(reply.status, 404);
  assert.match(reply.body, /"reason":"transport_not_offered"/);
  const { body: shown } = await gateway.api('GET', '/api/v1/endpoints/pub');
  assert.equal((shown as { sse_url?: string }).sse_url, undefined);
});
