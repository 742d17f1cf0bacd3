import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UNRESTRICTED } from './access.ts';
import { applyChange, EMPTY_SNAPSHOT, entryOf, type SnapshotChange } from './snapshot.ts';

const READ_ONLY = { ...UNRESTRICTED, readOnly: true };

describe('a snapshot', () => {
  it('takes what a change sets and drops what it sets to null', () => {
    const first = applyChange(EMPTY_SNAPSHOT, {
      version: 1,
      ruleSets: { a: UNRESTRICTED, b: UNRESTRICTED },
    });
    const second = applyChange(first, { version: 3, ruleSets: { a: null, b: READ_ONLY, c: null } });
    assert.deepEqual(second, { ...EMPTY_SNAPSHOT, version: 3, ruleSets: { b: READ_ONLY } });
    assert.deepEqual(first.ruleSets, { a: UNRESTRICTED, b: UNRESTRICTED });
  });

  it('keeps kinds that a change does not mention', () => {
    const first = applyChange(EMPTY_SNAPSHOT, { version: 1, ruleSets: { a: UNRESTRICTED } });
    assert.equal(applyChange(first, { version: 2, servers: {} }).ruleSets, first.ruleSets);
  });

  it('treats __proto__ as a name like any other', () => {
    const change = JSON.parse(
      '{"version":1,"ruleSets":{"__proto__":{"allow":[],"deny":[],"readOnly":true},"x":null}}',
    ) as SnapshotChange;
    const after = applyChange(EMPTY_SNAPSHOT, change);
    assert.deepEqual(entryOf(after.ruleSets, '__proto__'), READ_ONLY);
    assert.equal(Object.getPrototypeOf(after.ruleSets), Object.prototype);
    assert.equal(entryOf(after.ruleSets, 'readOnly'), undefined);
    assert.equal(({} as { readOnly?: boolean }).readOnly, undefined);
    const removal = JSON.parse('{"version":2,"ruleSets":{"__proto__":null}}') as SnapshotChange;
    assert.deepEqual(applyChange(after, removal).ruleSets, {});
  });

  it('finds nothing inherited under a name that a client made up', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      assert.equal(entryOf(EMPTY_SNAPSHOT.endpoints, name), undefined);
    }
  });
});
