/** Guarantees about what is left of a deleted server. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openTestApi } from '../testing/test-api.ts';

it('nothing that was known of a deleted server is said of the next one of its name', async () => {
  const api = await openTestApi();
  const body = { transport: 'stdio', command: 'true' };
  const created = await api.call('PUT /api/v1/servers/git', { body });
  const { revision } = created.body;
  const lists = { tools: [], prompts: [], resources: [], templates: [], capabilities: {} };
  api.deps.lists.update('git', revision, '{}', lists);
  api.deps.statuses.update([{ server: 'git', revision, health: 'ready', upstreams: 1, pids: [1] }]);
  await api.call('DELETE /api/v1/servers/git?dry_run=true');
  assert.deepEqual(api.deps.lists.latest('git'), lists);
  await api.call('DELETE /api/v1/servers/git');
  assert.equal(api.deps.lists.latest('git'), undefined);
  assert.equal(api.deps.statuses.get('git'), undefined);
  await api.close();
});
