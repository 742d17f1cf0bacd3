/** Guarantees about which streams close when a key changes. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { KeyPolicy } from '../decision/policy.ts';
import { secretId } from '../identity/known-keys.ts';
import { digest, sampleKey } from '../testing/sample-policy.ts';
import { createExpirySchedule } from './expiry-schedule.ts';
import { revocationBy } from './revocations.ts';

const before = sampleKey('alice', { endpoints: ['a', 'b'] });
const nothing = { keys: [], secrets: [] };

const changed = (after: KeyPolicy | null, former: KeyPolicy | undefined = before) =>
  revocationBy([['alice', after]], () => former);

it('a deleted, revoked or narrowed key loses its streams', () => {
  const narrower: (KeyPolicy | null)[] = [
    null,
    { ...before, revoked: true },
    { ...before, endpoints: ['a'] },
    { ...before, endpoints: [] },
    { ...before, rules: { allow: [], deny: ['x/*'], readOnly: false } },
    { ...before, principal: 'somebody else' },
  ];
  for (const after of narrower) assert.deepEqual(changed(after).keys, ['alice']);
});

it('a key that keeps all it had keeps its streams', () => {
  const same: KeyPolicy[] = [
    before,
    { ...before, endpoints: ['b', 'a', 'c'] },
    { ...before, endpoints: ['*'] },
    { ...before, expiresAt: 5 },
    { ...before, secrets: [...before.secrets, { digest: 'next' }] },
  ];
  for (const after of same) assert.deepEqual(changed(after), nothing);
});

it('a secret that is gone loses its streams, the other secret of the key keeps its own', () => {
  const both = { ...before, secrets: [...before.secrets, { digest: digest('next') }] };
  const after = { ...before, secrets: [{ digest: digest('next') }] };
  assert.deepEqual(changed(after, both), {
    keys: [],
    secrets: [secretId(digest('secret-of-alice'))],
  });
});

it('a new key, and one that was revoked before, have no streams to lose', () => {
  assert.deepEqual(
    revocationBy([['alice', before]], () => undefined),
    nothing,
  );
  assert.deepEqual(changed(null, { ...before, revoked: true }), nothing);
});

it('keys and former secrets are told once when they end by themselves', () => {
  const schedule = createExpirySchedule();
  schedule.set('alice', { ...before, expiresAt: 1_000 });
  schedule.set('bob', {
    ...before,
    secrets: [{ digest: digest('old'), expiresAt: 500 }, { digest: digest('new') }],
  });
  assert.deepEqual(schedule.due(499), nothing);
  assert.deepEqual(schedule.due(500), { keys: [], secrets: [secretId(digest('old'))] });
  assert.deepEqual(schedule.due(2_000), { keys: ['alice'], secrets: [] });
  assert.deepEqual(schedule.due(3_000), nothing);
});

it('an end that was moved or taken away counts as it is now', () => {
  const schedule = createExpirySchedule();
  schedule.set('alice', { ...before, expiresAt: 1_000 });
  schedule.set('bob', { ...before, expiresAt: 1_000 });
  schedule.set('carol', { ...before, expiresAt: 1_000 });
  schedule.set('alice', { ...before, expiresAt: 2_000 });
  schedule.set('bob', before);
  schedule.set('carol', null);
  assert.deepEqual(schedule.due(1_500), nothing);
  assert.deepEqual(schedule.due(2_500).keys, ['alice']);
});
