/** Opens the database of the call records: one that is damaged must not keep the gateway from starting. */
import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { openDatabase } from '../storage/open-database.ts';
import { isDamaged } from '../storage/storage-fault.ts';
import { toRow } from './call-row.ts';
import type { CallsDatabase, CallTables } from './calls-database.ts';
import { gapRecord } from './gap.ts';
import { createCallTables } from './migrations/001-calls.ts';

/** In order; a step that was released never changes. */
const MIGRATIONS = { '001-calls': { up: createCallTables } } as const;

export interface OpenedCalls {
  readonly db: CallsDatabase;
  /** Where a damaged database was moved to. */
  readonly damagedFile?: string;
}

/**
 * Opens `calls.db`. A damaged one is moved aside, never deleted; an empty one takes its place and
 * begins with a gap record. `now` in Unix milliseconds.
 * Throws `DatabaseError` on one that is foreign, from a newer version, or can't be read at all.
 */
export async function openCallsDatabase(file: string, now: number): Promise<OpenedCalls> {
  try {
    return { db: await open(file) };
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const damagedFile = moveAside(file, now);
    const db = await open(file);
    const source = basename(damagedFile);
    const gap = gapRecord({ source, from: 1, count: 0, time: now, reason: 'database_damaged' });
    await db.insertInto('calls').values(toRow(gap)).execute();
    return { db, damagedFile };
  }
}

function open(file: string): Promise<CallsDatabase> {
  return openDatabase<CallTables>({
    file,
    synchronous: 'normal',
    migrations: MIGRATIONS,
    checkIntegrity: false,
  });
}

function moveAside(file: string, now: number): string {
  const target = `${file}.damaged-${new Date(now).toISOString().replaceAll(':', '-')}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}
