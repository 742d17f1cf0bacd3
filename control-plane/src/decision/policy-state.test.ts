/** Guarantees about changing the policy while decisions are taken on it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  digest,
  fullChange,
  sampleEndpoint,
  sampleKey,
  sampleLimit,
  samplePolicy,
} from '../testing/sample-policy.ts';

const parts = {
  endpoints: [sampleEndpoint('a'), sampleEndpoint('b')],
  keys: [sampleKey('alice'), sampleKey('bob')],
  limits: [sampleLimit('one')],
};

it('a step changes what it names and nothing else', () => {
  const policy = samplePolicy(parts);
  policy.apply({ version: 2, full: false, keys: { alice: sampleKey('alice', { revoked: true }) } });
  assert.equal(policy.version, 2);
  assert.equal(policy.keys.bySecret('secret-of-alice')?.key.policy.revoked, true);
  assert.equal(policy.keys.bySecret('secret-of-bob')?.key.policy.revoked, false);
  assert.equal(policy.endpointAt('a')?.name, 'a');
});

it('a secret that was good a moment ago follows every change of its key', () => {
  const policy = samplePolicy(parts);
  assert.ok(policy.keys.bySecret('secret-of-alice'));
  policy.apply({ version: 2, full: false, keys: { alice: null } });
  assert.equal(policy.keys.bySecret('secret-of-alice'), undefined);
  const moved = sampleKey('carol', { secrets: [{ digest: digest('secret-of-alice') }] });
  policy.apply({ version: 3, full: false, keys: { carol: moved } });
  assert.equal(policy.keys.bySecret('secret-of-alice')?.key.policy.name, 'carol');
});

it('removed keys, endpoints and limits are gone', () => {
  const policy = samplePolicy(parts);
  policy.apply({
    version: 2,
    full: false,
    keys: { alice: null },
    endpoints: { a: null },
    limits: { one: null },
  });
  assert.equal(policy.keys.bySecret('secret-of-alice'), undefined);
  assert.equal(policy.endpointAt('a'), undefined);
  assert.deepEqual(policy.limits.requestLimits('b', 'bob'), []);
});

it('a full change removes what it does not name', () => {
  const policy = samplePolicy(parts);
  policy.apply(fullChange({ keys: [sampleKey('carol')] }, 2));
  assert.equal(policy.keys.bySecret('secret-of-alice'), undefined);
  assert.ok(policy.keys.bySecret('secret-of-carol'));
  assert.equal(policy.endpointAt('a'), undefined);
  assert.deepEqual(policy.limits.names(), []);
});

it('two endpoints can swap their paths in one change, in any order', () => {
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const policy = samplePolicy(parts);
    const swapped = {
      a: sampleEndpoint('a', { path: 'b' }),
      b: sampleEndpoint('b', { path: 'a' }),
    };
    const endpoints = Object.fromEntries(order.map((name) => [name, swapped[name as 'a' | 'b']]));
    policy.apply({ version: 2, full: false, endpoints });
    assert.equal(policy.endpointAt('a')?.name, 'b');
    assert.equal(policy.endpointAt('b')?.name, 'a');
  }
});

it('a secret can move from one key to another in one change, in any order', () => {
  const secrets = [{ digest: digest('moving') }];
  for (const order of [
    ['alice', 'bob'],
    ['bob', 'alice'],
  ]) {
    const policy = samplePolicy({ keys: [sampleKey('alice', { secrets }), sampleKey('bob')] });
    const moved = { alice: sampleKey('alice'), bob: sampleKey('bob', { secrets }) };
    const keys = Object.fromEntries(order.map((name) => [name, moved[name as 'alice' | 'bob']]));
    policy.apply({ version: 2, full: false, keys });
    assert.equal(policy.keys.bySecret('moving')?.key.policy.name, 'bob');
    assert.equal(policy.keys.bySecret('secret-of-alice')?.key.policy.name, 'alice');
  }
});

it('keys with the same rules share a rule set, whatever the order of their globs', () => {
  const rules = { allow: ['a/*', 'b/*'], deny: [], readOnly: false };
  const policy = samplePolicy({
    keys: [
      sampleKey('alice', { rules }),
      sampleKey('bob', { rules: { ...rules, allow: ['b/*', 'a/*', 'a/*'] } }),
      sampleKey('carol', { rules: { ...rules, readOnly: true } }),
    ],
  });
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(
    (name) => policy.keys.bySecret(`secret-of-${name}`)?.key.ruleSet,
  );
  assert.equal(alice, bob);
  assert.notEqual(alice, carol);
});
