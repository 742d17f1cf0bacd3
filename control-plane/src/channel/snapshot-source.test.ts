/** Guarantees about what sidecars learn of a policy change. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { UNRESTRICTED } from '@sluice/contract/access';
import { applyChange, EMPTY_SNAPSHOT, type Snapshot } from '@sluice/contract/snapshot';
import type { PolicyChange } from '../decision/policy.ts';
import { OPEN_RULE_SET, ruleSetId } from '../decision/rule-set-id.ts';
import { fullChange, sampleEndpoint, sampleKey } from '../testing/sample-policy.ts';
import { createSnapshotSource } from './snapshot-source.ts';

const rules = { allow: ['x/*'], deny: [], readOnly: true };
const first = fullChange({
  endpoints: [sampleEndpoint('a'), sampleEndpoint('b')],
  keys: [sampleKey('alice', { rules }), sampleKey('bob', { rules }), sampleKey('carol')],
});

function setUp() {
  const time = { now: 0 };
  const source = createSnapshotSource(() => time.now);
  source.apply(first);
  /** What a sidecar has that followed every change. */
  let followed: Snapshot = source.snapshot();
  const apply = (change: PolicyChange) => {
    const step = source.apply(change);
    followed = applyChange(followed, step);
    return step;
  };
  return { time, source, apply, followed: () => followed };
}

it('a sidecar that follows every step has what a new one is welcomed with', () => {
  const { source, apply, followed } = setUp();
  const steps: PolicyChange[] = [
    {
      version: 2,
      full: false,
      endpoints: { a: sampleEndpoint('a', { path: 'b' }), b: sampleEndpoint('b', { path: 'a' }) },
    },
    {
      version: 3,
      full: false,
      endpoints: { a: null },
      keys: { alice: null, dave: sampleKey('dave', { rules: { ...rules, readOnly: false } }) },
    },
    { version: 4, full: false, endpoints: { c: sampleEndpoint('c', { path: 'b' }) }, limits: {} },
    fullChange({ endpoints: [sampleEndpoint('d')], keys: [sampleKey('carol')] }, 5),
  ];
  for (const step of steps) {
    apply(step);
    assert.deepEqual(followed(), source.snapshot(), `version ${step.version}`);
  }
  assert.deepEqual(Object.keys(followed().endpoints), ['d']);
});

it('endpoints are told by path and without how to authenticate', () => {
  const { source } = setUp();
  const { auth: _, queryKey: __, ...runtime } = sampleEndpoint('a');
  assert.deepEqual(source.snapshot().endpoints.a, runtime);
});

it('a rule set is told once, however many keys have it, and open endpoints always have theirs', () => {
  const { source } = setUp();
  assert.deepEqual(source.snapshot().ruleSets, {
    [OPEN_RULE_SET]: UNRESTRICTED,
    [ruleSetId(rules)]: rules,
  });
});

it('a rule set that no key has any more stays as long as a decision that names it may live', () => {
  const { time, apply } = setUp();
  apply({ version: 2, full: false, keys: { alice: null } });
  assert.deepEqual(apply({ version: 3, full: false, keys: { bob: null } }).ruleSets, {});
  time.now = 59_999;
  assert.deepEqual(apply({ version: 4, full: false }).ruleSets, {});
  time.now = 60_000;
  assert.deepEqual(apply({ version: 5, full: false }).ruleSets, { [ruleSetId(rules)]: null });
});

it('a rule set that comes into use again is not forgotten', () => {
  const { time, apply, source } = setUp();
  apply({ version: 2, full: false, keys: { alice: null, bob: null } });
  apply({ version: 3, full: false, keys: { dave: sampleKey('dave', { rules }) } });
  time.now = 120_000;
  apply({ version: 4, full: false });
  assert.deepEqual(source.snapshot().ruleSets[ruleSetId(rules)], rules);
});

it('the rule set of open endpoints outlives every key that has the same', () => {
  const { time, apply, source } = setUp();
  apply({ version: 2, full: false, keys: { carol: null } });
  time.now = 120_000;
  const step = apply({ version: 3, full: false });
  assert.notEqual(
    applyChange({ ...EMPTY_SNAPSHOT, ...source.snapshot() }, step).ruleSets[OPEN_RULE_SET],
    undefined,
  );
});
