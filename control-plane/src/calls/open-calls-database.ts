/** Opens the database of the call records: one that is damaged must not keep the gateway from starting. */
import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { CONTROL_PLANE_REPLICA } from '@sluice/contract/call-source';
import { openDatabase } from '../storage/open-database.ts';
import { isDamaged } from '../storage/storage-fault.ts';
import { toRow } from './call-row.ts';
import type { CallsDatabase, CallTables } from './calls-database.ts';
import { gapRecord } from './gap.ts';
import { createCallTables } from './migrations/001-calls.ts';
import { createCallLookUps } from './migrations/002-call-look-ups.ts';
import { addCallTransport } from './migrations/003-call-transport.ts';
import { endSources } from './store-calls.ts';

/** In order; a step that was released never changes. */
const MIGRATIONS = {
  '001-calls': { up: createCallTables },
  '002-call-look-ups': { up: createCallLookUps },
  '003-call-transport': { up: addCallTransport },
} as const;

export interface OpenedCalls {
  readonly db: CallsDatabase;
  /** Where a damaged database was moved to. */
  readonly damagedFile?: string;
}

/**
 * Opens `calls.db`. A damaged one is moved aside, never deleted; an empty one takes its place and
 * begins with a gap record. Shows what a former start of the control plane may have lost.
 * `now` in Unix milliseconds.
 * Throws `DatabaseError` on one that is foreign, from a newer version, or can't be read at all.
 */
export async function openCallsDatabase(file: string, now: number): Promise<OpenedCalls> {
  try {
    return { db: await openInUse(file) };
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

/** As `open`, with a first write: that finds damage which opening alone does not. */
async function openInUse(file: string): Promise<CallsDatabase> {
  const db = await open(file);
  try {
    await endSources(db, CONTROL_PLANE_REPLICA);
  } catch (error) {
    // Of anything else, such as a full disk, the first record of this start shows the same.
    if (!isDamaged(error)) return db;
    await db.destroy();
    throw error;
  }
  return db;
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
