/** Records that are missing, made visible. */
import type { CallRecord } from '@sluice/contract/call-record';

export type GapReason =
  /** Numbers were skipped: a buffer ran over, or the disk was full. */
  | 'sequence_skipped'
  /** A process ended without saying farewell: up to its last second may be missing. */
  | 'source_ended'
  /** The database was damaged and moved aside with all that was in it. */
  | 'database_damaged';

export interface Gap {
  readonly source: string;
  /** First number that is missing. */
  readonly from: number;
  /** 0 = unknown. */
  readonly count: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly reason: GapReason;
}

/** Its number is negative: a record that turns up after all keeps its own place. */
export function gapRecord({ source, from, count, time, reason }: Gap): CallRecord {
  return {
    source,
    sequence: -from,
    time,
    requestId: '',
    principal: '',
    clientIp: '',
    endpoint: '',
    method: '',
    write: true,
    outcome: 'gap',
    reason,
    httpStatus: 0,
    durationMs: 0,
    requestBytes: 0,
    responseBytes: 0,
    count,
  };
}
