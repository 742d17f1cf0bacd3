/** Guarantees of the percentiles. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { summariseLatency } from './latency.ts';

it('percentiles are samples of the run, whatever their order', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(summariseLatency(samples), { p50Us: 50, p90Us: 90, p99Us: 99, maxUs: 100 });
});

it('a run without answers has zeros, not NaN', () => {
  assert.deepEqual(summariseLatency([]), { p50Us: 0, p90Us: 0, p99Us: 0, maxUs: 0 });
});
