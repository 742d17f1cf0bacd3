import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ENDPOINTS } from '../endpoints/endpoint.ts';
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
