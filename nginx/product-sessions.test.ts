/** Sessions belong to one principal on one endpoint, and end with their key (threats 13 and 18). */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { openSession } from '../scripts/end-to-end/mcp-session.ts';
import { issueKey } from '../scripts/end-to-end/provision.ts';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { openStream } from './testing/open-stream.ts';
import { send } from './testing/send.ts';
import { PUB, startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const { gateway, port } = product;
const alice = await issueKey(gateway, 'alice', { endpoints: ['pub', 'priv'] });
const session = await openSession(product.pub, alice);

const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const PRIV = '/metamcp/priv/mcp';

/** Status of one request with Alice's session, changed as a thief would. */
async function statusWith(headers: Record<string, string>, path = PUB, method = 'POST') {
  const all = { ...session.headers, 'content-type': 'application/json', ...headers };
  const body = method === 'POST' ? { body: list } : {};
  return (await send(port, { path, method, headers: all, ...body })).status;
}

it("a session of another key's principal does not exist: POST, GET and DELETE are 404", async () => {
  const thief = { authorization: `Bearer ${product.key}` };
  for (const method of ['POST', 'GET', 'DELETE']) {
    assert.equal(await statusWith(thief, PUB, method), 404, method);
  }
  assert.equal(await statusWith({ ...thief, 'last-event-id': '1' }, PUB, 'GET'), 404);
  assert.equal(await statusWith({}), 200, 'it lives on for its owner');
});

it('a session of another endpoint does not exist', async () => {
  for (const method of ['POST', 'GET', 'DELETE']) {
    assert.equal(await statusWith({}, PRIV, method), 404, method);
  }
});

it('a session id that was guessed, cut or changed in one character is 404', async () => {
  const id = session.headers['mcp-session-id'];
  assert.ok(id.length >= 22, 'more than 128 bits');
  const middle = Math.floor(id.length / 2);
  const flipped = id.slice(0, middle) + (id[middle] === 'A' ? 'B' : 'A') + id.slice(middle + 1);
  for (const guess of ['x', id.slice(1), id.slice(0, -4), flipped, crypto.randomUUID()]) {
    assert.equal(await statusWith({ 'mcp-session-id': guess }), 404, guess);
  }
});

it('a session id is no credential', async () => {
  const headers = {
    'mcp-session-id': session.headers['mcp-session-id'],
    'mcp-protocol-version': session.headers['mcp-protocol-version'],
    'content-type': 'application/json',
  };
  assert.equal((await send(port, { path: PUB, headers, body: list })).status, 401);
});

it('a key revoked under load passes nothing more, and its stream is closed', async () => {
  const key = await issueKey(gateway, 'doomed', { endpoints: ['pub'] });
  const doomed = await openSession(product.pub, key);
  const stream = await openStream({
    port,
    path: PUB,
    headers: { ...doomed.headers, accept: 'text/event-stream' },
  });
  assert.equal(stream.status, 200);
  const headers = { ...doomed.headers, 'content-type': 'application/json' };
  let revokedAt = Number.POSITIVE_INFINITY;
  const late: number[] = [];
  let refused = 0;
  let passed = 0;
  const client = async () => {
    while (refused < 200) {
      const askedAt = performance.now();
      const { status } = await send(port, { path: PUB, headers, body: list });
      if (status === 200) passed += 1;
      else refused += 1;
      if (status === 200 && askedAt > revokedAt) late.push(askedAt - revokedAt);
    }
  };
  const clients = Array.from({ length: 4 }, client);
  await waitFor(() => passed > 100, 'load');
  const { status } = await gateway.api('POST', '/api/v1/keys/doomed/revoke');
  revokedAt = performance.now();
  assert.equal(status, 200);
  await stream.ended;
  assert.ok(performance.now() - revokedAt < 1_000, 'the stream ended within a second');
  await Promise.all(clients);
  assert.deepEqual(late, []);
});

it('a key for one endpoint is never let into another, however the path is written', async () => {
  const headers = { authorization: `Bearer ${product.key}`, 'content-type': 'application/json' };
  for (const path of [
    PRIV,
    '/metamcp/pub/../priv/mcp',
    '/metamcp/pub/%2e%2e/priv/mcp',
    '/metamcp/pub%2f..%2fpriv/mcp',
    '/metamcp//priv/mcp',
    '/metamcp/pub\\..\\priv/mcp',
    '/metamcp/%70riv/mcp',
    '/metamcp/pub/mcp?x=/../priv/mcp',
  ]) {
    const { status } = await send(port, { path, headers, body: list });
    assert.ok([400, 403, 404].includes(status), `${path}: ${status}`);
  }
});
