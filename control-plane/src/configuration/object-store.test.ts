import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ENDPOINTS } from '../endpoints/endpoint.ts';
import { KEYS } from '../keys/key.ts';
import { LIMITS } from '../rate-limits/limit.ts';
import { openTestApi } from '../testing/test-api.ts';
import { createObjectStore } from './object-store.ts';

it('an object that does not fit this version is named, with the field and what is wrong with it', async (t) => {
  const api = await openTestApi();
  t.after(() => api.close());
  const { db } = api.deps;
  const put = async (path: string, body: unknown) =>
    assert.equal((await api.call(`PUT /api/v1/${path}`, { body })).status, 201);
  await put('namespaces/main', { members: [] });
  await put('endpoints/old', { namespace: 'main' });
  const { config } = await db
    .selectFrom('objects')
    .select('config')
    .where('name', '=', 'old')
    .executeTakeFirstOrThrow();
  const older = JSON.stringify({ ...JSON.parse(config), allowed_origins: ['https://*.example'] });
  await db.updateTable('objects').set({ config: older }).where('name', '=', 'old').execute();
  await assert.rejects(
    createObjectStore(ENDPOINTS).all(db),
    /endpoints\/old .*: \/allowed_origins\/0 .*Start the version that wrote it/,
  );
});

it('a pattern stored before such ones were refused keeps nobody from starting', async (t) => {
  const api = await openTestApi();
  t.after(() => api.close());
  const { db } = api.deps;
  const put = (path: string, body: unknown) => api.call(`PUT /api/v1/${path}`, { body });
  const key = { name: 'old', endpoints: ['*'], deny: ['git/push'] };
  assert.equal((await api.call('POST /api/v1/keys', { body: key })).status, 201);
  const limit = { per: 'key', rate: 1, period_seconds: 60, tool: 'git/push' };
  assert.equal((await put('limits/old', limit)).status, 201);
  for (const { kind, config } of await db.selectFrom('objects').selectAll().execute()) {
    const older = config.replace('git/push', 'git__push');
    await db.updateTable('objects').set({ config: older }).where('kind', '=', kind).execute();
  }
  const [stored] = await createObjectStore(KEYS).all(db);
  assert.deepEqual(stored?.config.deny, ['git__push']);
  assert.equal((await createObjectStore(LIMITS).all(db))[0]?.config.tool, 'git__push');
});
