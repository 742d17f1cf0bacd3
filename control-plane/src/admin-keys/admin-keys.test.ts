import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateApiKey } from '../credentials/api-key.ts';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

describe('admin keys', () => {
  let api: TestApi;
  const read = (key: string, headers = {}) => api.call('GET /api/v1/servers', { key, headers });

  before(async () => {
    api = await openTestApi();
  });
  after(() => api.close());

  it('the first one is an owner', async () => {
    const { body } = await api.call('GET /api/v1/admin-keys/admin');
    assert.equal(body.scope, 'owner');
    assert.equal(body.status, 'active');
    assert.ok(body.last_used_at);
  });

  it('409 for whatever would leave no owner that lasts', async () => {
    const path = '/api/v1/admin-keys/admin';
    const future = '2099-01-01T00:00:00Z';
    for (const reply of [
      await api.call(`DELETE ${path}`),
      await api.call(`DELETE ${path}?force=true`),
      await api.call(`POST ${path}/revoke`),
      await api.call(`PUT ${path}`, { body: { scope: 'viewer' } }),
      await api.call(`PUT ${path}`, { body: { scope: 'owner', expires_at: future } }),
    ]) {
      assert.equal(reply.status, 409);
      assert.equal(reply.body.type, '/problems/last-owner');
    }
    await api.call('PUT /api/v1/admin-keys/no-secret', { body: { scope: 'owner' } });
    assert.equal((await api.call(`DELETE ${path}`)).status, 409);
    const second = await api.adminKey('owner');
    assert.equal((await api.call(`DELETE ${path}?dry_run=true`, { key: second })).status, 200);
  });

  it('401 from the next request on for a key that is revoked, deleted or expired', async () => {
    const { body } = await api.call('POST /api/v1/admin-keys', {
      body: {
        name: 'short',
        scope: 'viewer',
        expires_at: new Date(Date.now() + 300).toISOString(),
      },
    });
    assert.equal((await read(body.secret)).status, 200);
    while ((await read(body.secret)).status === 200);
    assert.match((await read(body.secret)).body.detail, /expired/);
    const revoked = await api.adminKey('viewer');
    assert.equal((await read(revoked)).status, 200);
    const [{ name }] = (await api.call('GET /api/v1/admin-keys?name_prefix=viewer')).body.items;
    await api.call(`POST /api/v1/admin-keys/${name}/revoke`);
    assert.match((await read(revoked)).body.detail, /revoked/);
    await api.call(`DELETE /api/v1/admin-keys/${name}`);
    assert.equal((await read(revoked)).status, 401);
  });

  it('a narrower scope acts on the next request', async () => {
    const key = await api.adminKey('editor');
    const [{ name }] = (await api.call('GET /api/v1/admin-keys?name_prefix=editor')).body.items;
    const body = { members: [] };
    assert.equal((await api.call('PUT /api/v1/namespaces/n', { body, key })).status, 201);
    await api.call(`PUT /api/v1/admin-keys/${name}`, { body: { scope: 'viewer' } });
    assert.equal((await api.call('PUT /api/v1/namespaces/n', { body, key })).status, 403);
  });

  it('401 says what is wrong with the header, and never shows the key', async () => {
    const client = (await api.call('POST /api/v1/keys', { body: { name: 'c', endpoints: ['*'] } }))
      .body;
    for (const [key, detail] of [
      [client.secret, /key of a client/],
      [`${generateApiKey('admin').slice(0, -1)}!`, /typing error/],
      [generateApiKey('admin'), /no such admin key/],
      ['two words', /must be: Bearer/],
    ] as const) {
      const reply = await read(key, { 'X-Sluice-Client-IP': '192.0.2.1' });
      assert.equal(reply.status, 401);
      assert.match(reply.body.detail, detail);
      assert.ok(!JSON.stringify(reply.body).includes(key));
    }
  });

  it('429 for an address that keeps failing, while good keys and other addresses go on', async () => {
    const headers = { 'X-Sluice-Client-IP': '192.0.2.66' };
    const statuses = new Set<number>();
    for (let i = 0; i < 30; i++)
      statuses.add((await read('wrong-key-of-somebody', headers)).status);
    assert.deepEqual([...statuses], [401, 429]);
    const refused = await read('wrong-key-of-somebody', headers);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await read(generateApiKey('admin'), headers)).status, 429);
    assert.equal((await read(api.owner, headers)).status, 200);
    assert.equal(
      (await read('wrong-key-of-somebody', { 'X-Sluice-Client-IP': '192.0.2.67' })).status,
      401,
    );
  });

  it('429 for a guesser who walks through the addresses of one IPv6 subscriber', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 22; i++) {
      const headers = { 'X-Sluice-Client-IP': `2001:db8:1:2::${i}` };
      statuses.push((await read('wrong-key-of-somebody', headers)).status);
    }
    assert.equal(statuses.at(-1), 429);
  });
});
