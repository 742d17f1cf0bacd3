/** Calls as newline-delimited JSON, read only as fast as the client takes it. */

import type { CallFilter } from './call-filter.ts';
import { toCall } from './call-row.ts';
import type { CallsDatabase } from './calls-database.ts';
import { type Position, scanCalls } from './scan-calls.ts';

/** A client that goes away ends the reading. */
export function exportCalls(
  db: CallsDatabase,
  filter: CallFilter,
  limit = Number.POSITIVE_INFINITY,
  after?: Position,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(lines(db, filter, limit, after));
}

async function* lines(
  db: CallsDatabase,
  filter: CallFilter,
  limit: number,
  after: Position | undefined,
): AsyncGenerator<Uint8Array> {
  let left = limit;
  for await (const rows of scanCalls(db, filter, after)) {
    const taken = rows.slice(0, left);
    left -= taken.length;
    const text = taken.map((row) => `${JSON.stringify(toCall(row))}\n`).join('');
    if (text !== '') yield Buffer.from(text);
    if (left === 0) return;
  }
}
