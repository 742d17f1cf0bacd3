import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type CallOutcome, createCallTally } from './call-tally.ts';

const outcome = (changes: Partial<CallOutcome>): CallOutcome => ({
  kind: 'broken',
  server: 'a',
  text: '',
  startedAt: 10,
  endedAt: 20,
  ...changes,
});

it('a failed call is a fault unless something disturbed its server meanwhile', () => {
  const tally = createCallTally();
  const [early, late] = [outcome({}), outcome({ startedAt: 50, endedAt: 60 })];
  for (const each of [early, late, outcome({ kind: 'answered' })]) tally.add(each);
  const at = (server: string | undefined) => ({ server, from: 15, to: 30 });
  assert.deepEqual(tally.faults([at('a')], 'h'), [late]);
  assert.deepEqual(tally.faults([at(undefined)], 'h'), [late]);
  assert.deepEqual(tally.faults([at('b')], 'h'), [early, late]);
  assert.deepEqual([tally.count('answered'), tally.count('broken')], [1, 2]);
});

it('a hostile server may be refused at any time, but never without a clear word', () => {
  const tally = createCallTally();
  const unclear = outcome({ kind: 'unclear', server: 'h' });
  tally.add(outcome({ kind: 'refused', server: 'h' }));
  tally.add(unclear);
  assert.deepEqual(tally.faults([{ server: undefined, from: 0, to: 99 }], 'h'), [unclear]);
});
