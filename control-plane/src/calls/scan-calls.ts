/** Reads call records, newest first, in short steps: a long export must not hold up other requests. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CallFilter, fits } from './call-filter.ts';
import type { CallRow, CallsDatabase } from './calls-database.ts';

/** Rows that one step looks at: a few milliseconds. */
const ROWS_PER_STEP = 500;

/** A place between two records. */
export interface Position {
  /** Unix milliseconds. */
  readonly time: number;
  readonly id: number;
}

/** Yields the records that fit, older than `after` if given; some batches may be empty. */
export async function* scanCalls(
  db: CallsDatabase,
  filter: CallFilter,
  after?: Position,
): AsyncGenerator<readonly CallRow[]> {
  let position = after;
  for (;;) {
    const rows = await step(db, filter, position);
    yield rows.filter((row) => fits(filter, row));
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_PER_STEP) return;
    position = last;
    await nextTurn();
  }
}

/** Up to `limit` records that fit, and whether there are more. */
export async function readCalls(
  db: CallsDatabase,
  filter: CallFilter,
  limit: number,
  after?: Position,
): Promise<{ readonly rows: readonly CallRow[]; readonly more: boolean }> {
  const found: CallRow[] = [];
  for await (const rows of scanCalls(db, filter, after)) {
    found.push(...rows);
    if (found.length > limit) break;
  }
  return { rows: found.slice(0, limit), more: found.length > limit };
}

/**
 * The next rows in the order of one index. Only the condition that the index serves is left to the
 * database: with more of them a single step could walk through millions of rows.
 */
function step(db: CallsDatabase, filter: CallFilter, after: Position | undefined) {
  let query = db
    .selectFrom('calls')
    .selectAll()
    .orderBy('time', 'desc')
    .orderBy('id', 'desc')
    .limit(ROWS_PER_STEP);
  if (filter.from !== undefined) query = query.where('time', '>=', Date.parse(filter.from));
  if (filter.to !== undefined) query = query.where('time', '<', Date.parse(filter.to));
  if (after) {
    query = query
      .where('time', '<=', after.time)
      .where((eb) => eb.or([eb('time', '<', after.time), eb('id', '<', after.id)]));
  }
  for (const column of ['request_id', 'key', 'principal', 'server', 'outcome'] as const) {
    const value = filter[column];
    if (value !== undefined) return query.where(column, '=', value).execute();
  }
  return query.execute();
}
