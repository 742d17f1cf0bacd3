import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerLists } from '@sluice/contract/lists';
import { createServerLists } from './server-lists.ts';

function listsOf(name: string): ServerLists {
  return { tools: [{ name }], prompts: [], resources: [], templates: [], capabilities: {} };
}

describe('the lists of a server in memory', () => {
  it('are kept per profile, and the latest stands for all', () => {
    const known = createServerLists();
    known.update('git', 1, 'a', listsOf('one'));
    known.update('git', 1, 'b', listsOf('two'));
    known.update('git', 1, 'a', listsOf('three'));
    assert.deepEqual([...(known.get('git')?.byProfile.keys() ?? [])], ['b', 'a']);
    assert.equal(known.latest('git')?.tools[0]?.name, 'three');
    const lists = listsOf('three');
    assert.deepEqual(known.all(), [{ server: 'git', revision: 1, profile: 'a', lists }]);
  });

  it('do not grow with the profiles that clients make up', () => {
    const known = createServerLists();
    for (let n = 0; n < 1_000; n++) known.update('git', 1, `profile-${n}`, listsOf(`tool-${n}`));
    assert.ok((known.get('git')?.byProfile.size ?? 0) <= 16);
    assert.equal(known.latest('git')?.tools[0]?.name, 'tool-999');
  });
});
