/** Guarantees of medians and spreads. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { spread } from './statistics.ts';

it('the median of an odd number of rounds is the middle one', () => {
  assert.deepEqual(spread([3, 1, 10]), { median: 3, low: 1, high: 10 });
});

it('the median of an even number of rounds lies between the two middle ones', () => {
  assert.deepEqual(spread([4, 1, 2, 10]), { median: 3, low: 1, high: 10 });
});
