/** Deletes the oldest call records, by age and by size, in steps that leave room for other work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { releasePages, usedBytes } from '../storage/database-size.ts';
import type { CallsDatabase } from './calls-database.ts';

export interface Retention {
  readonly maxAgeMs: number;
  /** Of the whole database. */
  readonly maxBytes: number;
}

const ROWS_PER_STEP = 500;
const PAGES_PER_STEP = 200;

/** `now` in Unix milliseconds. */
export async function pruneCalls(
  db: CallsDatabase,
  { maxAgeMs, maxBytes }: Retention,
  now: number,
): Promise<void> {
  const tooOld = now - maxAgeMs;
  await deleteSources(db, tooOld);
  while ((await deleteOldest(db, tooOld)) === ROWS_PER_STEP) await nextTurn();
  while ((await usedBytes(db)) > maxBytes) {
    if ((await deleteOldest(db, Number.MAX_SAFE_INTEGER)) === 0) break;
    await releasePages(db, PAGES_PER_STEP);
    await nextTurn();
  }
  await releasePages(db, PAGES_PER_STEP);
}

/** How many records before `time` were deleted in this step. */
async function deleteOldest(db: CallsDatabase, time: number): Promise<number> {
  const oldest = db
    .selectFrom('calls')
    .select('id')
    .where('time', '<', time)
    .orderBy('time')
    .limit(ROWS_PER_STEP);
  const { numDeletedRows } = await db
    .deleteFrom('calls')
    .where('id', 'in', oldest)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** A source that goes on must stay, however long it has been silent. */
async function deleteSources(db: CallsDatabase, time: number): Promise<void> {
  await db
    .deleteFrom('call_sources')
    .where('ended', '=', 1)
    .where('last_time', '<', time)
    .execute();
}
