import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openTestApi, type Reply, type TestApi } from '../testing/test-api.ts';

const SERVER = { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' };

function missing(reply: Reply): unknown {
  assert.equal(reply.status, 422, JSON.stringify(reply.body));
  return reply.body.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code]);
}

describe('references', () => {
  let api: TestApi;
  const put = (path: string, body: unknown) => api.call(`PUT /api/v1/${path}`, { body });

  before(async () => {
    api = await openTestApi();
    await put('servers/a', SERVER);
    await put('namespaces/n', { members: [{ server: 'a' }] });
    await put('endpoints/e', { namespace: 'n' });
    await put('keys/k', { endpoints: ['e', '*'] });
    await put('limits/l', { per: 'key', rate: 1, period_seconds: 1, endpoint: 'e', server: 'a' });
  });
  after(() => api.close());

  it('422 points at each name that does not exist', async () => {
    const members = [{ server: 'a' }, { server: 'ghost' }];
    assert.deepEqual(missing(await put('namespaces/x', { members })), [
      ['/members/1/server', 'missing_reference'],
    ]);
    assert.deepEqual(missing(await put('endpoints/x', { namespace: 'ghost' })), [
      ['/namespace', 'missing_reference'],
    ]);
    assert.deepEqual(missing(await put('keys/x', { endpoints: ['e', 'ghost'] })), [
      ['/endpoints/1', 'missing_reference'],
    ]);
    const limit = { per: 'key', rate: 1, period_seconds: 1, endpoint: 'ghost', server: 'ghost' };
    assert.deepEqual(missing(await put('limits/x', limit)), [
      ['/endpoint', 'missing_reference'],
      ['/server', 'missing_reference'],
    ]);
    const dry = await api.call('PUT /api/v1/endpoints/x?dry_run=true', {
      body: { namespace: 'ghost' },
    });
    assert.equal(dry.status, 422);
  });

  it('409 names the users of what is to be deleted', async () => {
    for (const [path, users] of [
      ['servers/a', ['limits/l', 'namespaces/n']],
      ['namespaces/n', ['endpoints/e']],
      ['endpoints/e', ['keys/k', 'limits/l']],
    ] as const) {
      for (const query of ['', '?force=true', '?dry_run=true']) {
        const reply = await api.call(`DELETE /api/v1/${path}${query}`);
        assert.equal(reply.status, 409);
        assert.deepEqual(reply.body.used_by, users);
        for (const user of users) assert.ok(reply.body.detail.includes(user));
      }
    }
  });

  it('422 for a path that another endpoint has', async () => {
    const reply = await put('endpoints/other', { namespace: 'n', path: 'e' });
    assert.deepEqual(missing(reply), [['/path', 'not_unique']]);
    assert.equal((await put('endpoints/other', { namespace: 'n', path: 'E' })).status, 201);
  });

  it('what is no longer used can go', async () => {
    for (const path of [
      'limits/l',
      'keys/k',
      'endpoints/e',
      'endpoints/other',
      'namespaces/n',
      'servers/a',
    ]) {
      assert.equal((await api.call(`DELETE /api/v1/${path}`)).status, 200, path);
    }
  });
});
