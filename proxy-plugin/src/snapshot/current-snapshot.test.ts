import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_SNAPSHOT } from '@sluice/contract/snapshot';
import { sampleEndpoint, sampleSnapshot } from '../testing/sample-snapshot.ts';
import { serverOf } from '../upstream/testing/test-upstreams.ts';
import { changedServers } from './changed-servers.ts';
import { createCurrentSnapshot } from './current-snapshot.ts';

describe('the current snapshot', () => {
  it('is there for whoever waits for it, whichever step brings it', async () => {
    const current = createCurrentSnapshot(() => {});
    const waiting = [current.waitFor(1), current.waitFor(2)];
    current.replace(sampleSnapshot([], { version: 1 }));
    current.apply({ version: 3, endpoints: { late: sampleEndpoint({ path: 'late' }) } });
    assert.deepEqual(await Promise.all(waiting), [true, true]);
    assert.equal(current.value.endpoints.late?.path, 'late');
    assert.equal(await current.waitFor(3), true);
  });

  it('is not waited for longer than a second', async () => {
    const current = createCurrentSnapshot(() => {});
    const startedAt = performance.now();
    assert.equal(await current.waitFor(1), false);
    assert.ok(performance.now() - startedAt < 2_000);
  });
});

describe('changed servers', () => {
  it('are those that came, went, or have another revision or switch', () => {
    const same = serverOf('same', {});
    const moved = serverOf('moved', { revision: 1 });
    const before = sampleSnapshot([same, moved, serverOf('gone', {})]);
    const after = sampleSnapshot([same, { ...moved, revision: 2 }, serverOf('new', {})]);
    const names = changedServers(before, after).map(([name, server]) => [name, server?.revision]);
    assert.deepEqual(names.sort(), [
      ['gone', undefined],
      ['moved', 2],
      ['new', 1],
    ]);
    assert.equal(changedServers(EMPTY_SNAPSHOT, before).length, 3);
  });

  it('are also those that were switched off without another revision', () => {
    const before = sampleSnapshot([serverOf('a', {})]);
    const after = sampleSnapshot([serverOf('a', { enabled: false })]);
    assert.deepEqual(
      changedServers(before, after).map(([name]) => name),
      ['a'],
    );
  });
});
