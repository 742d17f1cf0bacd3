/** Guarantees of the verdicts. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BUDGET, verdict } from './budget.ts';

it('a share is better the higher it is', () => {
  assert.equal(verdict(BUDGET.throughput, 0.27), 'aim');
  assert.equal(verdict(BUDGET.throughput, 0.22), 'reached');
  assert.equal(verdict(BUDGET.throughput, 0.19), 'MISSED');
});

it('a cost is better the lower it is', () => {
  assert.equal(verdict(BUDGET.cpu, 150), 'aim');
  assert.equal(verdict(BUDGET.cpu, 190), 'reached');
  assert.equal(verdict(BUDGET.cpu, 191), 'MISSED');
});

it('a value that could not be computed is missed', () => {
  assert.equal(verdict(BUDGET.cpu, Number.NaN), 'MISSED');
});

it('no aim is weaker than what must be reached', () => {
  for (const row of Object.values(BUDGET)) {
    assert.notEqual(verdict(row, row.aim), 'MISSED', row.what);
  }
});
