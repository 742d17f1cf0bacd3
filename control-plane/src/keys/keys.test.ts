import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { formOfApiKey } from '../credentials/api-key.ts';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

describe('keys', () => {
  let api: TestApi;
  const create = (name: string, more: object = {}) =>
    api.call('POST /api/v1/keys', { body: { name, endpoints: ['*'], ...more } });
  const act = (name: string, action: string, body?: unknown) =>
    api.call(`POST /api/v1/keys/${name}/${action}`, body === undefined ? {} : { body });
  const policyOf = async (name: string) => (await api.deps.policy.full(api.deps.db)).keys?.[name];

  before(async () => {
    api = await openTestApi();
  });
  after(() => api.close());

  it('201 shows a secret once, uncached, and stores only its keyed hash', async () => {
    const { status, body, headers } = await create('alice', { subject: 'alice@example.com' });
    assert.equal(status, 201);
    assert.equal(formOfApiKey(body.secret), 'client');
    assert.equal(headers.get('cache-control'), 'no-store');
    const { body: read } = await api.call('GET /api/v1/keys/alice');
    assert.ok(!JSON.stringify(read).includes(body.secret));
    assert.equal(read.principal, 'alice@example.com');
    assert.equal(read.status, 'active');
    for (const file of ['sluice.db', 'sluice.db-wal']) {
      assert.ok(!(await readFile(join(api.dataDir, file))).includes(body.secret));
    }
    assert.equal((await policyOf('alice'))?.secrets[0]?.digest, api.deps.digest(body.secret));
  });

  it('409 for a name that exists', async () => {
    await create('twice');
    const reply = await create('twice');
    assert.equal(reply.status, 409);
    assert.equal(reply.body.type, '/problems/already-exists');
  });

  it('422 for an expiry in the past and for a reserved subject', async () => {
    assert.equal((await create('past', { expires_at: '2020-01-01T00:00:00Z' })).status, 422);
    assert.equal((await create('fake', { subject: 'ip:127.0.0.1' })).status, 400);
  });

  it('rotate keeps the lineage and lets the former secret go on for the overlap', async () => {
    await create('turn');
    const before = await policyOf('turn');
    const rotated = await act('turn', 'rotate', { overlap_seconds: 60 });
    assert.equal(rotated.status, 200);
    const after = await policyOf('turn');
    assert.equal(after?.lineage, before?.lineage);
    assert.equal(after?.secrets.length, 2);
    const [former, next] = after?.secrets ?? [];
    assert.equal(former?.digest, before?.secrets[0]?.digest);
    assert.ok((former?.expiresAt ?? 0) > Date.now());
    assert.deepEqual(next, { digest: api.deps.digest(rotated.body.secret) });
    await act('turn', 'rotate', { overlap_seconds: 0 });
    assert.equal((await policyOf('turn'))?.secrets.length, 1);
  });

  it('rotating again and again keeps few former secrets, and the newest works', async () => {
    await create('spun');
    for (let i = 0; i < 6; i++) await act('spun', 'rotate', { overlap_seconds: 3600 });
    const last = await act('spun', 'rotate', { overlap_seconds: 3600 });
    const secrets = (await policyOf('spun'))?.secrets ?? [];
    assert.equal(secrets.length, 4);
    assert.deepEqual(secrets.at(-1), { digest: api.deps.digest(last.body.secret) });
  });

  it('revoke is for good, and twice the same', async () => {
    await create('gone');
    const first = await act('gone', 'revoke');
    assert.equal(first.body.status, 'revoked');
    const again = await act('gone', 'revoke');
    assert.equal(again.body.revision, first.body.revision);
    assert.equal((await policyOf('gone'))?.revoked, true);
    assert.equal((await act('gone', 'rotate')).body.type, '/problems/revoked');
    const path = 'PUT /api/v1/keys/gone';
    const secret = 'another-secret-of-it';
    assert.equal((await api.call(path, { body: { endpoints: ['*'], secret } })).status, 409);
    assert.equal((await api.call(path, { body: { endpoints: ['*'] } })).body.status, 'revoked');
  });

  it('404 to rotate or revoke what is not there', async () => {
    assert.equal((await act('nobody', 'rotate')).status, 404);
    assert.equal((await act('nobody', 'revoke')).status, 404);
  });

  it('PUT takes a secret over, never shows one, and the same again changes nothing', async () => {
    const body = { endpoints: ['*'], secret: 'sk_mt_imported_0123456789' };
    const first = await api.call('PUT /api/v1/keys/imported', { body });
    assert.equal(first.status, 201);
    assert.ok(!JSON.stringify(first.body).includes(body.secret));
    const again = await api.call('PUT /api/v1/keys/imported', { body });
    assert.equal(again.body.revision, first.body.revision);
    assert.equal((await policyOf('imported'))?.secrets[0]?.digest, api.deps.digest(body.secret));
    const stolen = await api.call('PUT /api/v1/keys/other', { body });
    assert.equal(stolen.status, 409);
    const weak = await api.call('PUT /api/v1/keys/weak', { body: { ...body, secret: 'short' } });
    assert.equal(weak.status, 422);
    assert.equal(weak.body.errors[0].pointer, '/secret');
  });

  it('PUT without a secret makes a key that is used only after a rotation', async () => {
    const put = await api.call('PUT /api/v1/keys/empty', { body: { endpoints: ['*'] } });
    assert.equal(put.body.status, 'no_secret');
    assert.equal((await act('empty', 'rotate')).body.status, 'active');
  });

  it('a key that is deleted and created anew is another principal', async () => {
    await create('phoenix');
    const before = await policyOf('phoenix');
    await api.call('DELETE /api/v1/keys/phoenix');
    await create('phoenix');
    assert.notEqual((await policyOf('phoenix'))?.principal, before?.principal);
  });

  it('says when a key was last used, also after it was written down', async () => {
    await create('busy');
    const time = Date.now() + 1000;
    api.deps.uses.record('keys', { busy: time, deleted: time });
    const expected = new Date(time).toISOString();
    assert.equal((await api.call('GET /api/v1/keys/busy')).body.last_used_at, expected);
    await api.deps.uses.flush();
    assert.equal((await api.call('GET /api/v1/keys/busy')).body.last_used_at, expected);
  });
});
