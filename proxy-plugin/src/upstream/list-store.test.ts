import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerLists } from '@sluice/contract/lists';
import { toolLists } from '@sluice/contract/testing/sample-namespace';
import { createListStore } from './list-store.ts';
import { callerOf, serverOf } from './testing/test-upstreams.ts';

const GIT = serverOf('git', {});
const ALICE = callerOf('alice');

describe('the store of lists', () => {
  it('does not publish a listing of a former revision that comes late', async () => {
    const late = Promise.withResolvers<ServerLists>();
    const published: number[] = [];
    const store = createListStore({
      fetch: async ({ revision }) => (revision === 1 ? late.promise : toolLists('push')),
      publish: ({ revision }) => published.push(revision),
      now: () => 0,
    });
    const former = store.refresh(GIT, ALICE);
    const changed = { ...GIT, revision: 2 };
    store.forget('git', 2);
    await store.refresh(changed, ALICE);
    late.resolve(toolLists('pull'));
    await former;
    assert.deepEqual(published, [2]);
    assert.deepEqual(await store.get(changed, ALICE), toolLists('push'));
  });

  it('forgets the oldest profile for good, and never that of clients that can do nothing', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const fetched: string[] = [];
    const store = createListStore({
      fetch: async (_, { profile }) => toolLists(`tool ${fetched.push(profile)}`),
      publish() {},
      now: () => 0,
    });
    const profiles = [
      '{}',
      ...Array.from({ length: 16 }, (_, i) => `{"experimental":{"${i}":{}}}`),
    ];
    for (const [index, profile] of profiles.entries()) {
      await store.get(GIT, callerOf('alice', { profile }));
      if (index === 1) store.changed(GIT, callerOf('alice', { profile }));
    }
    const [first, , ...others] = profiles;
    assert.deepEqual(store.profiles(GIT), [first, ...others]);
    t.mock.timers.tick(1_000);
    await new Promise(setImmediate);
    assert.deepEqual(store.profiles(GIT), [first, ...others]);
    assert.equal(fetched.length, profiles.length);
  });
});
