import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { farewell, newCallSource, replicaOf } from './call-source.ts';

describe('a source of call records', () => {
  it('is another one at each start, and tells its replica', () => {
    for (const replica of ['control-plane', 'plugin.eu-1', '']) {
      assert.notEqual(newCallSource(replica), newCallSource(replica));
      assert.equal(replicaOf(newCallSource(replica)), replica);
    }
  });

  it('says farewell with a record that stands for no call', () => {
    const last = farewell('a.1', 7, 1000);
    assert.deepEqual([last.outcome, last.sequence, last.count], ['end', 7, 0]);
  });
});
