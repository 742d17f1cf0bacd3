/** Provisioning with bad intent (threats 37 and 39). */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { put } from '../scripts/end-to-end/provision.ts';
import { startRecordingServer } from './testing/recording-server.ts';
import { send } from './testing/send.ts';
import { startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
const { gateway, port, server } = product;
const SECRET = 'canary-upstream-secret';

function admin(path: string, method = 'GET', body?: unknown) {
  const headers = {
    authorization: `Bearer ${gateway.adminKey}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return send(port, { path, method, headers, ...sent });
}

it("the gateway's own settings and keys can't be read through references", async () => {
  for (const value of [
    'env:SLUICE_DATA_DIR',
    'env:PATH',
    'env:HOME',
    'file:/etc/passwd',
    'file:../admin.key',
    `\${SLUICE_DATA_DIR}`,
    `\${ENV:SLUICE_DATA_DIR}`,
    '$(cat /etc/passwd)',
  ]) {
    server.forget();
    const config = { transport: 'streamable-http', url: server.url, headers: { 'x-probe': value } };
    const reply = await admin('/api/v1/servers/probe', 'PUT', config);
    if (reply.status < 300) await admin('/api/v1/servers/probe/sync', 'POST');
    const seen = JSON.stringify(server.received().map(({ headers }) => headers['x-probe'] ?? ''));
    for (const secret of [
      gateway.dataDir,
      process.env.PATH ?? '',
      process.env.HOME ?? '',
      'root:x',
    ]) {
      if (value !== secret) assert.ok(!seen.includes(secret), `${value} gave ${seen}`);
    }
  }
  await admin('/api/v1/servers/probe', 'DELETE');
});

it('a stored secret comes back in no reply', async () => {
  await put(gateway, 'servers/sealed', {
    transport: 'streamable-http',
    url: server.url,
    secret_headers: { authorization: `Bearer ${SECRET}` },
  });
  for (const path of ['servers/sealed', 'servers', 'changes', 'servers/sealed/tools']) {
    assert.ok(!(await admin(`/api/v1/${path}`)).body.includes(SECRET), path);
  }
});

it('a stored secret does not follow a server to another address', async () => {
  await using thief = await startRecordingServer();
  const moved = { transport: 'streamable-http', url: thief.url };
  const { status } = await admin('/api/v1/servers/sealed', 'PUT', moved);
  if (status < 300) await admin('/api/v1/servers/sealed/sync', 'POST');
  assert.ok(!JSON.stringify(thief.received()).includes(SECRET), `PUT was ${status}`);
});

interface Page {
  readonly items?: readonly unknown[];
}

const INJECTIONS = [
  "x' OR '1'='1",
  "'; DROP TABLE servers; --",
  'x" OR 1=1 --',
  'x\0y',
  '%27%20OR%201=1',
  '../keys/tester',
  '__proto__',
  'constructor',
];

it('names, labels and filters that hold SQL find nothing and break nothing', async () => {
  for (const text of INJECTIONS) {
    const encoded = encodeURIComponent(text);
    for (const path of [
      `/api/v1/servers/${encoded}`,
      `/api/v1/keys?label=${encoded}`,
      `/api/v1/calls?principal=${encoded}`,
      `/api/v1/calls?tool=${encoded}`,
      `/api/v1/calls?sort=${encoded}`,
      `/api/v1/servers?limit=${encoded}`,
    ]) {
      const { status, body } = await admin(path);
      assert.ok(status < 500, `${path}: ${status}`);
      assert.doesNotMatch(body, /SQLITE|syntax error/i);
      if (status === 200) assert.deepEqual((JSON.parse(body) as Page).items, [], path);
    }
  }
  assert.equal((await admin('/api/v1/servers/rec')).status, 200);
});

it('a cursor that was changed is refused', async () => {
  const first = await admin('/api/v1/endpoints?limit=1');
  const { next_cursor: cursor } = first.json<{ next_cursor: string }>();
  assert.ok(cursor);
  for (const changed of [
    `${cursor}x`,
    cursor.slice(2),
    btoa('{"name":"\' OR 1=1"}'),
    "' OR 1=1 --",
  ]) {
    const { status } = await admin(
      `/api/v1/endpoints?limit=1&cursor=${encodeURIComponent(changed)}`,
    );
    assert.ok(status === 400 || status === 422, `${changed}: ${status}`);
  }
});

it('neither kind of key works in place of the other', async () => {
  const client = await send(port, {
    path: '/api/v1/servers',
    headers: { authorization: `Bearer ${product.key}` },
  });
  assert.equal(client.status, 401);
  const headers = {
    authorization: `Bearer ${gateway.adminKey}`,
    'content-type': 'application/json',
  };
  assert.equal((await send(port, { path: '/metamcp/pub/mcp', headers, body: '{}' })).status, 401);
});
