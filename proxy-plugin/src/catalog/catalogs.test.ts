import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerLists } from '@sluice/contract/lists';
import type { NamespaceRules, Snapshot } from '@sluice/contract/snapshot';
import { toolLists } from '@sluice/contract/testing/sample-namespace';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { gatewayCaller } from '../upstream/gateway-caller.ts';
import { callerOf, serverOf } from '../upstream/testing/test-upstreams.ts';
import type { Caller } from '../upstream/upstream.ts';
import { createCatalogs } from './catalogs.ts';

const GIT = serverOf('git', {});
const FILES = serverOf('files', {});
const ALICE = callerOf('alice');

/** Catalogs over upstreams that list as `listed` says; a server that is not in it never answers. */
function start(snapshot: Snapshot, listed: Record<string, () => Promise<ServerLists>>) {
  const asked: string[] = [];
  const clock = { now: 1_000_000 };
  const state = { snapshot };
  const catalogs = createCatalogs({
    snapshot: () => state.snapshot,
    upstreams: {
      lists({ name }) {
        asked.push(name);
        return listed[name]?.() ?? new Promise(() => {});
      },
    },
    now: () => clock.now,
  });
  return { catalogs, asked, clock, state };
}

function rulesOf(snapshot: Snapshot): NamespaceRules {
  const { dev } = snapshot.namespaces;
  assert.ok(dev);
  return dev;
}

describe('catalogs', () => {
  it('list for a client of one request through an upstream that does not end with it', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const sessions: string[] = [];
    const lists = async (_: unknown, { session }: Caller) => {
      sessions.push(session);
      return toolLists('pull');
    };
    const catalogs = createCatalogs({
      snapshot: () => snapshot,
      upstreams: { lists },
      now: Date.now,
    });
    await catalogs.settled(rulesOf(snapshot), { ...ALICE, isPassing: true });
    assert.deepEqual(sessions, [gatewayCaller(GIT, ALICE.profile).session]);
  });

  it('list servers that nobody listed yet, once', async () => {
    const snapshot = sampleSnapshot([GIT, FILES]);
    const listed = {
      git: async () => toolLists('pull'),
      files: async () => toolLists('read'),
    };
    const { catalogs, asked } = start(snapshot, listed);
    const both = ['git__pull', 'files__read'];
    for (let i = 0; i < 3; i += 1) {
      const { catalog } = await catalogs.settled(rulesOf(snapshot), ALICE);
      assert.deepEqual([...catalog.tools.keys()], both);
    }
    assert.deepEqual(asked, ['git', 'files']);
  });

  it('are the same value until something changes', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const { catalogs, state } = start(snapshot, {});
    catalogs.update(GIT, '{}', toolLists('pull'));
    const first = catalogs.known(rulesOf(snapshot), '{}');
    assert.equal(await catalogs.settled(rulesOf(snapshot), ALICE), first);
    catalogs.update(GIT, '{}', toolLists('pull', 'push'));
    const second = catalogs.known(rulesOf(snapshot), '{}');
    assert.equal(second.catalog.tools.size, 2);
    state.snapshot = sampleSnapshot([{ ...GIT, enabled: false }]);
    assert.equal(catalogs.known(rulesOf(snapshot), '{}').catalog.tools.size, 0);
  });

  it('never wait a second time for a server that fails', async () => {
    const snapshot = sampleSnapshot([GIT, FILES]);
    const listed = {
      git: async () => toolLists('pull'),
      files: () => Promise.reject(new Error('down')),
    };
    const { catalogs, asked, clock } = start(snapshot, listed);
    for (let i = 0; i < 3; i += 1) {
      const { catalog, unlisted } = await catalogs.settled(rulesOf(snapshot), ALICE);
      assert.deepEqual([...catalog.tools.keys()], ['git__pull']);
      assert.deepEqual(unlisted, [FILES]);
    }
    assert.deepEqual(asked, ['git', 'files']);
    clock.now += 6_000;
    await catalogs.settled(rulesOf(snapshot), ALICE);
    assert.deepEqual(asked, ['git', 'files', 'files']);
  });

  it('wait for a server that hangs only while it is new', async () => {
    const snapshot = sampleSnapshot([GIT, FILES]);
    const { catalogs, clock } = start(snapshot, { git: async () => toolLists('pull') });
    const rules = rulesOf(snapshot);
    catalogs.configure('files', FILES);
    clock.now += 4_800;
    const startedAt = performance.now();
    await Promise.all([catalogs.settled(rules, ALICE), catalogs.settled(rules, callerOf('bob'))]);
    assert.ok(performance.now() - startedAt < 2_000);
    const again = performance.now();
    const { catalog } = await catalogs.settled(rules, ALICE);
    assert.ok(performance.now() - again < 150);
    assert.deepEqual([...catalog.tools.keys()], ['git__pull']);
  });

  it('keep what the current revision lists when a listing of a former one comes late', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const late = Promise.withResolvers<ServerLists>();
    const { catalogs, state } = start(snapshot, { git: () => late.promise });
    const waiting = catalogs.settled(rulesOf(snapshot), ALICE);
    const changed = { ...GIT, revision: 2 };
    state.snapshot = sampleSnapshot([changed]);
    catalogs.update(changed, '{}', toolLists('push'));
    late.resolve(toolLists('pull'));
    const { catalog } = await waiting;
    assert.deepEqual([...catalog.tools.keys()], ['git__push']);
  });

  it('wait for a server that was listed for clients of another kind, however long it is known', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const listing = Promise.withResolvers<ServerLists>();
    const { catalogs, clock } = start(snapshot, { git: () => listing.promise });
    catalogs.configure('git', GIT);
    catalogs.update(GIT, '{"roots":{}}', toolLists('pull'));
    clock.now += 60_000;
    const settled = catalogs.settled(rulesOf(snapshot), ALICE);
    setTimeout(() => listing.resolve(toolLists('pull')), 50);
    assert.equal((await settled).catalog.tools.size, 1);
  });

  it('show what a server lists after all', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const { catalogs } = start(snapshot, { git: () => Promise.reject(new Error('down')) });
    const before = await catalogs.settled(rulesOf(snapshot), ALICE);
    assert.equal(before.catalog.tools.size, 0);
    catalogs.update(GIT, '{}', toolLists('pull'));
    assert.equal(catalogs.known(rulesOf(snapshot), '{}').catalog.tools.size, 1);
  });

  it('keep lists apart by profile; those for clients that can do nothing stand in while there are no others', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const { catalogs } = start(snapshot, { git: () => Promise.reject(new Error('down')) });
    const rules = rulesOf(snapshot);
    const able = callerOf('bob', { profile: '{"sampling":{}}' });
    catalogs.update(GIT, '{}', toolLists('pull'));
    const standIn = await catalogs.settled(rules, able);
    assert.deepEqual([...standIn.catalog.tools.keys()], ['git__pull']);
    assert.deepEqual(standIn.unlisted, [GIT]);
    catalogs.update(GIT, able.profile, toolLists('pull', 'summarise'));
    const toolsFor = (profile: string) => catalogs.known(rules, profile).catalog.tools.size;
    assert.deepEqual([toolsFor(able.profile), toolsFor('{}')], [2, 1]);
    catalogs.update(GIT, '{"roots":{}}', toolLists('a', 'b', 'c'));
    assert.equal(toolsFor('{}'), 1);
  });

  it('show what a server listed in the gateway’s former life until it lists again', async () => {
    const snapshot = sampleSnapshot([GIT]);
    const { catalogs, state } = start(snapshot, { git: () => Promise.reject(new Error('down')) });
    const toolsNow = () => [
      ...catalogs.known(rulesOf(state.snapshot), '{"roots":{}}').catalog.tools.keys(),
    ];
    catalogs.remember('git', GIT.revision, toolLists('pull'));
    assert.deepEqual(toolsNow(), ['git__pull']);
    assert.deepEqual((await catalogs.settled(rulesOf(snapshot), ALICE)).unlisted, [GIT]);
    state.snapshot = sampleSnapshot([{ ...GIT, revision: 2 }]);
    assert.deepEqual(toolsNow(), [], 'of another configuration');
    state.snapshot = snapshot;
    catalogs.update(GIT, '{}', toolLists('push'));
    assert.deepEqual(toolsNow(), ['git__push']);
  });

  it('try all servers at once: together they take as long as the slowest', async () => {
    const snapshot = sampleSnapshot([GIT, FILES]);
    const both = Promise.withResolvers<void>();
    let asked = 0;
    const meet = async () => {
      asked += 1;
      if (asked === 2) both.resolve();
      await both.promise;
      return toolLists('any');
    };
    const { catalogs } = start(snapshot, { git: meet, files: meet });
    const { catalog } = await catalogs.settled(rulesOf(snapshot), ALICE);
    assert.deepEqual([...catalog.tools.keys()], ['git__any', 'files__any']);
  });

  it('forget lists of a former revision, and of a server that is gone', () => {
    const snapshot = sampleSnapshot([GIT]);
    const { catalogs, state } = start(snapshot, {});
    const sizeOf = (profile: string) =>
      catalogs.known(rulesOf(state.snapshot), profile).catalog.tools.size;
    catalogs.update(GIT, '{}', toolLists('pull'));
    assert.equal(sizeOf('{}'), 1);
    state.snapshot = sampleSnapshot([{ ...GIT, revision: 2 }]);
    assert.equal(sizeOf('{}'), 0);
    state.snapshot = sampleSnapshot([GIT]);
    catalogs.configure('git', undefined);
    assert.equal(sizeOf('{}'), 0);
  });
});
