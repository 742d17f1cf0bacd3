import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { usedBytes } from '../storage/database-size.ts';
import { createCallLog } from './call-log.ts';
import type { CallsDatabase } from './calls-database.ts';
import { openCallsFolder, sampleCall, sampleCalls } from './testing/sample-calls.ts';

const FOREVER = { maxAgeMs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

function createLog() {
  const lines: string[] = [];
  const write = (_: unknown, message: string) => lines.push(message);
  return { lines, log: { info: write, warn: write } };
}

/** As on a full disk: SQLite can't take another page. */
async function fill(db: CallsDatabase): Promise<void> {
  await sql`pragma max_page_count = 1`.execute(db);
}

async function empty(db: CallsDatabase): Promise<void> {
  await sql`pragma max_page_count = 1000000`.execute(db);
}

async function outcomes(db: CallsDatabase) {
  const rows = await db.selectFrom('calls').selectAll().orderBy('id').execute();
  return rows.map((row) => [row.outcome, row.sequence, row.count]);
}

describe('the call log', () => {
  it('drops and counts what a full disk can’t take, says so once, and shows the gap later', async () => {
    await using calls = await openCallsFolder();
    const { lines, log } = createLog();
    const callLog = createCallLog({ db: calls.db, retention: FOREVER, now: () => 0, log });
    await callLog.store([sampleCall(1)]);
    await fill(calls.db);
    await callLog.store(sampleCalls(2, 400));
    await callLog.store(sampleCalls(401, 900));
    assert.deepEqual(callLog.counts, { stored: 1, dropped: 899 });
    await empty(calls.db);
    await callLog.store([sampleCall(901)]);
    assert.deepEqual(await outcomes(calls.db), [
      ['ok', 1, 1],
      ['gap', -2, 899],
      ['ok', 901, 1],
    ]);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /dropped, traffic goes on/);
    assert.match(lines[1] ?? '', /stored again/);
  });

  it('shows a drop even if the source never sends again', async () => {
    await using calls = await openCallsFolder();
    const { log } = createLog();
    const callLog = createCallLog({ db: calls.db, retention: FOREVER, now: () => 0, log });
    await fill(calls.db);
    await callLog.store(sampleCalls(1, 500));
    await callLog.tend();
    await empty(calls.db);
    await callLog.tend();
    await callLog.tend();
    assert.deepEqual(await outcomes(calls.db), [['gap', -1, 500]]);
  });

  it('deletes by age', async () => {
    await using calls = await openCallsFolder();
    const { log } = createLog();
    const retention = { ...FOREVER, maxAgeMs: 1_000 };
    const now = () => 1_000_000 + 1_000 + 1_200;
    const callLog = createCallLog({ db: calls.db, retention, now, log });
    await callLog.store(sampleCalls(1, 1_500));
    await callLog.tend();
    const left = await outcomes(calls.db);
    assert.deepEqual([left.length, left[0]?.[1]], [301, 1_200]);
  });

  it('deletes the oldest by size, and gives the room back', async () => {
    await using calls = await openCallsFolder();
    const { log } = createLog();
    const retention = { ...FOREVER, maxBytes: 500_000 };
    const callLog = createCallLog({ db: calls.db, retention, now: () => 0, log });
    await callLog.store(sampleCalls(1, 4_000));
    const before = await usedBytes(calls.db);
    assert.ok(before > 1_000_000, String(before));
    await callLog.tend();
    assert.ok((await usedBytes(calls.db)) <= 500_000);
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(calls.db);
    assert.ok((pages.rows[0]?.page_count ?? 0) * 4_096 < before * 0.8);
    const left = await outcomes(calls.db);
    assert.ok(left.length > 500);
    assert.equal(left.at(-1)?.[1], 4_000);
  });
});
