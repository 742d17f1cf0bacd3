/** Writes batches of call records: each record once, and a gap wherever a source skips or ends badly. */
import type { CallRecord } from '@sluice/contract/call-record';
import { replicaOf } from '@sluice/contract/call-source';
import { CompiledQuery } from 'kysely';
import { type NewCallRow, toRow } from './call-row.ts';
import type { CallsDatabase, CallsWriter } from './calls-database.ts';
import { gapRecord } from './gap.ts';

/** How far a source has come. */
interface Progress {
  next: number;
  lastTime: number;
  ended: boolean;
}

/** Few sizes, so that each statement is composed once; the bound values of one are limited. */
const ROWS_PER_STATEMENT = [64, 8, 1];

/** One transaction. Records known by (source, sequence) are skipped. */
export async function storeCalls(db: CallsDatabase, records: readonly CallRecord[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const rows: CallRecord[] = [];
    for (const [source, own] of bySource(records)) {
      const known = await progressOf(trx, source);
      if (!known) rows.push(...(await endReplica(trx, replicaOf(source))));
      const progress = known ?? { next: 1, lastTime: own[0]?.time ?? 0, ended: false };
      rows.push(...own.flatMap((record) => advance(progress, record)));
      await saveProgress(trx, source, progress);
    }
    await insert(trx, rows);
  });
}

/** Shows that the numbers of `source` below `next` which are not stored are lost. */
export async function storeLoss(
  db: CallsDatabase,
  source: string,
  next: number,
  time: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const progress = (await progressOf(trx, source)) ?? { next: 1, lastTime: time, ended: false };
    await insert(trx, skip(progress, source, next, time));
    await saveProgress(trx, source, progress);
  });
}

/** Shows what may be missing of the sources of `replica`, which all have ended. */
export async function endSources(db: CallsDatabase, replica: string): Promise<void> {
  await db.transaction().execute(async (trx) => insert(trx, await endReplica(trx, replica)));
}

function bySource(records: readonly CallRecord[]): Map<string, CallRecord[]> {
  const sorted = records.toSorted((one, other) => one.sequence - other.sequence);
  return Map.groupBy(sorted, (record) => record.source);
}

/** The rows that `record` makes: itself, after a gap if it comes too early. */
function advance(progress: Progress, record: CallRecord): CallRecord[] {
  const gap = skip(progress, record.source, record.sequence, record.time);
  if (record.sequence >= progress.next) progress.next = record.sequence + 1;
  progress.lastTime = Math.max(progress.lastTime, record.time);
  if (record.outcome !== 'end') return [...gap, record];
  progress.ended = true;
  return gap;
}

function skip(progress: Progress, source: string, next: number, time: number): CallRecord[] {
  const from = progress.next;
  if (next <= from) return [];
  progress.next = next;
  return [gapRecord({ source, from, count: next - from, time, reason: 'sequence_skipped' })];
}

async function endReplica(trx: CallsWriter, replica: string): Promise<CallRecord[]> {
  const open = await trx
    .selectFrom('call_sources')
    .selectAll()
    .where('replica', '=', replica)
    .where('ended', '=', 0)
    .execute();
  await trx.updateTable('call_sources').set({ ended: 1 }).where('replica', '=', replica).execute();
  return open.map((row) => {
    const { source, next_sequence: from, last_time: time } = row;
    return gapRecord({ source, from, count: 0, time, reason: 'source_ended' });
  });
}

async function progressOf(trx: CallsWriter, source: string): Promise<Progress | undefined> {
  const row = await trx
    .selectFrom('call_sources')
    .selectAll()
    .where('source', '=', source)
    .executeTakeFirst();
  return row && { next: row.next_sequence, lastTime: row.last_time, ended: row.ended === 1 };
}

async function saveProgress(trx: CallsWriter, source: string, progress: Progress): Promise<void> {
  const state = {
    next_sequence: progress.next,
    last_time: progress.lastTime,
    ended: progress.ended ? 1 : 0,
  };
  await trx
    .insertInto('call_sources')
    .values({ source, replica: replicaOf(source), ...state })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(state))
    .execute();
}

async function insert(trx: CallsWriter, records: readonly CallRecord[]): Promise<void> {
  let at = 0;
  for (const size of ROWS_PER_STATEMENT) {
    for (; at + size <= records.length; at += size) {
      await insertRows(trx, records.slice(at, at + size).map(toRow));
    }
  }
}

/** By number of rows. To compose such a statement takes longer than to run it. */
const insertTexts = new Map<number, string>();

async function insertRows(trx: CallsWriter, rows: readonly NewCallRow[]): Promise<void> {
  const text = insertTexts.get(rows.length) ?? composeInsert(trx, rows);
  insertTexts.set(rows.length, text);
  await trx.executeQuery(CompiledQuery.raw(text, rows.flatMap(Object.values)));
}

function composeInsert(trx: CallsWriter, rows: readonly NewCallRow[]): string {
  const { sql } = trx
    .insertInto('calls')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['source', 'sequence']).doNothing())
    .compile();
  return sql;
}
