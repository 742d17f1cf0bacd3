import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InFlightMap } from './in-flight-map.ts';
import { Slots } from './slots.ts';

describe('what is under way', () => {
  it('is there from when it was added until it is removed', () => {
    const slots = new Slots<string>();
    const first = slots.add('a');
    const second = slots.add('b');
    slots.remove(first);
    assert.deepEqual([...slots], ['b']);
    assert.equal(slots.size, 1);
    assert.equal(slots.at(first), undefined);
    assert.equal(slots.at(second), 'b');
  });

  it('takes no more room than the most that was ever under way at once', () => {
    const slots = new Slots<number>();
    const given = new Set<number>();
    for (let n = 0; n < 1_000; n += 1) {
      const slot = slots.add(n);
      given.add(slot);
      slots.remove(slot);
    }
    assert.deepEqual([...given], [0]);
  });

  it('is found by its key, and no longer once deleted', () => {
    const map = new InFlightMap<string, string>();
    map.add('x', 'a');
    map.add('y', 'b');
    assert.equal(map.get('x'), 'a');
    assert.equal(map.delete('x'), true);
    assert.equal(map.delete('x'), false);
    assert.equal(map.get('x'), undefined);
    assert.equal(map.has('x'), false);
    map.add('z', 'c');
    assert.deepEqual([map.get('y'), map.get('z'), map.size], ['b', 'c', 2]);
    assert.deepEqual(map.keys(), ['y', 'z']);
    assert.deepEqual(map.values().sort(), ['b', 'c']);
  });
});
