/** Call records and databases for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from '@sluice/contract/call-record';
import type { CallsDatabase } from '../calls-database.ts';
import { openCallsDatabase } from '../open-calls-database.ts';

export function sampleCall(sequence: number, some: Partial<CallRecord> = {}): CallRecord {
  return {
    source: 'plugin.1',
    sequence,
    time: 1_000_000 + sequence,
    requestId: sequence.toString(16).padStart(32, '0'),
    principal: 'alice',
    key: 'alice-key',
    clientIp: '127.0.0.1',
    endpoint: 'default',
    transport: 'streamable-http',
    method: 'tools/call',
    server: 'git',
    name: 'log',
    visibleName: 'git__log',
    write: false,
    outcome: 'ok',
    httpStatus: 200,
    durationMs: 12.5,
    upstreamMs: 10,
    requestBytes: 100,
    responseBytes: 2000,
    count: 1,
    ...some,
  };
}

/** Records numbered from `first` to `last`. */
export function sampleCalls(
  first: number,
  last: number,
  some: Partial<CallRecord> = {},
): CallRecord[] {
  return Array.from({ length: last - first + 1 }, (_, at) => sampleCall(first + at, some));
}

export interface CallsFolder extends AsyncDisposable {
  readonly file: string;
  readonly db: CallsDatabase;
}

/** An empty `calls.db` in a folder of its own, both gone when disposed. */
export async function openCallsFolder(): Promise<CallsFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-calls-'));
  const file = join(folder, 'calls.db');
  const { db } = await openCallsDatabase(file, 0);
  return {
    file,
    db,
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await rm(folder, { recursive: true });
    },
  };
}
