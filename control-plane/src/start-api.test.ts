import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { formOfApiKey, generateApiKey } from './credentials/api-key.ts';
import { openTestApi } from './testing/test-api.ts';

const SERVER = {
  transport: 'streamable-http',
  url: 'http://127.0.0.1:1/mcp',
  secret_headers: { Authorization: 'Bearer upstream-secret' },
};

describe('the API thread', () => {
  let dataDir: string;
  const keys = { secrets: randomBytes(32), pepper: randomBytes(32) };
  const open = (given = keys) => openTestApi({}, { dataDir, keys: given });

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-start-'));
  });
  beforeEach(async () => {
    await rm(dataDir, { recursive: true, force: true });
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-start-'));
  });
  after(() => rm(dataDir, { recursive: true, force: true }));

  it('writes the first admin key once, for its owner only', async () => {
    const file = join(dataDir, 'admin.key');
    await (await open()).close();
    const secret = (await readFile(file, 'utf8')).trim();
    assert.equal(formOfApiKey(secret), 'admin');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const again = await open();
    assert.equal((await readFile(file, 'utf8')).trim(), secret);
    assert.equal((await again.call('GET /api/v1/servers', { key: secret })).status, 200);
    await again.close();
  });

  it('takes the key from a file that a killed first start left', async () => {
    const secret = generateApiKey('admin');
    await writeFile(join(dataDir, 'admin.key'), `${secret}\n`, { mode: 0o600 });
    const api = await open();
    assert.equal((await api.call('GET /api/v1/servers', { key: secret })).status, 200);
    await api.close();
  });

  it('refuses an admin.key that holds something else', async () => {
    await writeFile(join(dataDir, 'admin.key'), 'my shopping list', { mode: 0o600 });
    await assert.rejects(open(), /admin\.key does not hold an admin key/);
    assert.equal(await readFile(join(dataDir, 'admin.key'), 'utf8'), 'my shopping list');
  });

  it('refuses key files that do not belong to the database', async () => {
    await (await open()).close();
    await assert.rejects(
      open({ ...keys, secrets: randomBytes(32) }),
      /secrets\.key does not belong/,
    );
    await assert.rejects(open({ ...keys, pepper: randomBytes(32) }), /pepper\.key does not belong/);
    await (await open()).close();
  });

  it('reads the whole policy back after a restart, secrets opened', async () => {
    const first = await open();
    await first.call('PUT /api/v1/servers/a', { body: SERVER });
    await first.call('PUT /api/v1/namespaces/n', { body: { members: [{ server: 'a' }] } });
    await first.call('PUT /api/v1/endpoints/e', { body: { namespace: 'n' } });
    await first.call('POST /api/v1/keys', { body: { name: 'k', endpoints: ['e'] } });
    const limit = { per: 'header:X-Team', rate: 1, period_seconds: 1 };
    await first.call('PUT /api/v1/limits/l', { body: limit });
    const before = await first.deps.policy.full(first.deps.db);
    await first.close();
    const second = await open();
    assert.deepEqual(await second.deps.policy.full(second.deps.db), before);
    assert.equal(before.servers?.a?.headers.Authorization, 'Bearer upstream-secret');
    assert.equal(before.limits?.l?.per, 'header:x-team');
    await second.close();
  });

  it('switches off a server whose sealed secret was altered, says so, and sending it again repairs it', async () => {
    const api = await open();
    await api.call('PUT /api/v1/servers/a', { body: SERVER });
    const { sealed } = await api.deps.db
      .selectFrom('sealed_secrets')
      .select('sealed')
      .executeTakeFirstOrThrow();
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    await api.deps.db.updateTable('sealed_secrets').set({ sealed: altered }).execute();
    assert.equal((await api.deps.policy.full(api.deps.db)).servers?.a?.enabled, false);
    const { body } = await api.call('GET /api/v1/servers/a');
    assert.match(body.status.warnings[0], /Authorization.*sent again/);
    await api.call('PUT /api/v1/servers/a', { body: SERVER });
    assert.equal((await api.deps.policy.full(api.deps.db)).servers?.a?.enabled, true);
    await api.close();
  });

  it('is alive at once, and ready only when a proxy plugin is there', async () => {
    const api = await open();
    assert.equal((await api.call('GET /healthz', { key: null })).status, 200);
    const ready = await api.call('GET /readyz', { key: null });
    assert.equal(ready.status, 503);
    assert.match(ready.body.detail, /^proxy plugin: none/);
    await api.close();
  });
});
