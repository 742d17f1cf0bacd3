/** The database of the call records, apart from the configuration: losing it must not stop traffic. */
import { existsSync, renameSync } from 'node:fs';
import type { Generated, Kysely, Selectable, Transaction } from 'kysely';
import { openDatabase } from '../storage/open-database.ts';
import { isDamaged } from '../storage/storage-fault.ts';
import { createCallTables } from './migrations/001-calls.ts';

interface CallTable {
  /** Grows with arrival. */
  id: Generated<number>;
  source: string;
  /** Negative on gaps: minus the first number that is missing. */
  sequence: number;
  /** Unix milliseconds. */
  time: number;
  request_id: string;
  principal: string;
  key: string | null;
  client_ip: string;
  endpoint: string;
  method: string;
  server: string | null;
  name: string | null;
  visible_name: string | null;
  /** 0 or 1. */
  write: number;
  outcome: string;
  reason: string | null;
  http_status: number;
  duration_ms: number;
  upstream_ms: number | null;
  request_bytes: number;
  response_bytes: number;
  count: number;
}

/** How far the records of a source have come. */
interface CallSourceTable {
  source: string;
  replica: string;
  next_sequence: number;
  /** Unix milliseconds of its last record. */
  last_time: number;
  /** 0 or 1: it said farewell, or the next source of its replica is known. */
  ended: number;
}

export interface CallTables {
  calls: CallTable;
  call_sources: CallSourceTable;
}

export type CallRow = Selectable<CallTable>;
export type CallsDatabase = Kysely<CallTables>;
export type CallsWriter = Transaction<CallTables>;

const MIGRATIONS = { '001-calls': { up: createCallTables } } as const;

export interface OpenedCalls {
  readonly db: CallsDatabase;
  /** Where a damaged database was moved to. */
  readonly damagedFile?: string;
}

/**
 * Opens `calls.db`. A damaged one is moved aside, never deleted, and an empty one takes its place.
 * Throws `DatabaseError` on one that is foreign, from a newer version, or can't be read at all.
 */
export async function openCallsDatabase(file: string, now: number): Promise<OpenedCalls> {
  const options = {
    file,
    synchronous: 'normal',
    migrations: MIGRATIONS,
    checkIntegrity: false,
  } as const;
  try {
    return { db: await openDatabase<CallTables>(options) };
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const damagedFile = moveAside(file, now);
    return { db: await openDatabase<CallTables>(options), damagedFile };
  }
}

function moveAside(file: string, now: number): string {
  const target = `${file}.damaged-${new Date(now).toISOString().replaceAll(':', '-')}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}
