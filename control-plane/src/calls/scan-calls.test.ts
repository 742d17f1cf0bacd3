import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallRecord } from '@sluice/contract/call-record';
import type { CallFilter } from './call-filter.ts';
import { readCalls } from './scan-calls.ts';
import { storeCalls } from './store-calls.ts';
import { openCallsFolder, sampleCall, sampleCalls } from './testing/sample-calls.ts';

const CALLS: readonly Partial<CallRecord>[] = [
  { principal: 'bob', key: 'k2' },
  { server: 'github', name: 'search' },
  { endpoint: 'other' },
  { write: true },
  { outcome: 'denied', reason: 'limit_exceeded' },
  { requestId: 'f'.repeat(32), transport: 'rest' },
  { server: 'github', name: 'search_code', write: true },
];

async function sequencesOf(filter: CallFilter): Promise<number[]> {
  await using calls = await openCallsFolder();
  await storeCalls(
    calls.db,
    CALLS.map((some, at) => sampleCall(at + 1, some)),
  );
  return (await readCalls(calls.db, filter, 100)).rows.map((row) => row.sequence);
}

describe('reading call records', () => {
  it('gives the newest first', async () => {
    assert.deepEqual(await sequencesOf({}), [7, 6, 5, 4, 3, 2, 1]);
  });

  it('filters by each field, and by all of them together', async () => {
    assert.deepEqual(await sequencesOf({ principal: 'bob' }), [1]);
    assert.deepEqual(await sequencesOf({ key: 'k2' }), [1]);
    assert.deepEqual(await sequencesOf({ endpoint: 'other' }), [3]);
    assert.deepEqual(await sequencesOf({ server: 'github' }), [7, 2]);
    assert.deepEqual(await sequencesOf({ write: true }), [7, 4]);
    assert.deepEqual(await sequencesOf({ write: false }), [6, 5, 3, 2, 1]);
    assert.deepEqual(await sequencesOf({ outcome: 'denied' }), [5]);
    assert.deepEqual(await sequencesOf({ transport: 'rest' }), [6]);
    assert.deepEqual(await sequencesOf({ reason: 'limit_exceeded' }), [5]);
    assert.deepEqual(await sequencesOf({ request_id: 'f'.repeat(32) }), [6]);
    assert.deepEqual(await sequencesOf({ tool: 'github/search' }), [2]);
    assert.deepEqual(await sequencesOf({ tool: '*/search*', write: true }), [7]);
    assert.deepEqual(await sequencesOf({ server: 'github', principal: 'bob' }), []);
  });

  it('includes `from` and excludes `to`', async () => {
    const at = (sequence: number) => new Date(1_000_000 + sequence).toISOString();
    assert.deepEqual(await sequencesOf({ from: at(6) }), [7, 6]);
    assert.deepEqual(await sequencesOf({ to: at(3) }), [2, 1]);
    assert.deepEqual(await sequencesOf({ from: at(3), to: at(5) }), [4, 3]);
  });

  it('goes on exactly where a page ended, also among records of one millisecond', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 1_500, { time: 7 }));
    const seen: number[] = [];
    for (let after: { time: number; id: number } | undefined; ; ) {
      const { rows, more } = await readCalls(calls.db, {}, 400, after);
      seen.push(...rows.map((row) => row.sequence));
      after = rows.at(-1);
      if (!more) break;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 1_500 }, (_, at) => 1_500 - at),
    );
  });

  it('finds the one that fits behind thousands that don’t', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, [sampleCall(1, { reason: 'rare' }), ...sampleCalls(2, 3_000)]);
    const { rows, more } = await readCalls(calls.db, { reason: 'rare' }, 10);
    assert.deepEqual([rows.length, rows[0]?.sequence, more], [1, 1, false]);
  });

  it('lets other work run between its steps', async () => {
    await using calls = await openCallsFolder();
    await storeCalls(calls.db, sampleCalls(1, 5_000));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await readCalls(calls.db, { reason: 'none' }, 10);
    clearInterval(timer);
    assert.ok(turns >= 3, `${turns} turns`);
  });
});
