import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sampleCall } from '../calls/testing/sample-calls.ts';
import { openTestApi, type TestApi } from '../testing/test-api.ts';

describe('GET /metrics', () => {
  let api: TestApi;

  before(async () => {
    api = await openTestApi();
    const remote = { transport: 'streamable-http', url: 'http://127.0.0.1:1/mcp' };
    for (const name of ['git', 'docs', 'unused']) {
      const { body } = await api.call(`PUT /api/v1/servers/${name}`, { body: remote });
      if (name === 'unused') continue;
      const health = name === 'git' ? 'ready' : 'down';
      api.deps.statuses.update([
        { server: name, revision: body.revision, health, upstreams: 0, pids: [] },
      ]);
    }
    await api.deps.callLog.store([sampleCall(1), sampleCall(2)]);
  });
  after(() => api.close());

  async function samples(): Promise<Map<string, number>> {
    const { status, body } = await api.call('GET /metrics');
    assert.equal(status, 200);
    const lines = (body as string).split('\n').filter((line) => /^\w/.test(line));
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  }

  it('200 has the numbers of storage, servers and the decision loop, however often it is read', async () => {
    await samples();
    const found = await samples();
    assert.equal(found.get('sluice_call_records_stored_total'), 2);
    assert.equal(found.get('sluice_call_records_dropped_total'), 0);
    assert.ok((found.get('sluice_calls_database_bytes') ?? 0) > 0);
    assert.equal(found.get('sluice_server_up{server="git"}'), 1);
    assert.equal(found.get('sluice_server_up{server="docs"}'), 0);
    assert.equal(found.get('sluice_server_up{server="unused"}'), undefined);
    assert.equal(found.get('sluice_sidecars_connected'), 0);
    assert.equal(found.get('sluice_build_info{version="test"}'), 1);
  });

  it('200 names everything sluice_ and repeats nothing', async () => {
    const { body } = await api.call('GET /metrics');
    const families = [...(body as string).matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
    assert.equal(new Set(families).size, families.length);
    for (const family of families) assert.match(family ?? '', /^sluice_/);
  });

  it('401 without an admin key', async () => {
    assert.equal((await api.call('GET /metrics', { key: null })).status, 401);
  });
});
