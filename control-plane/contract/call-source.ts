/** Sources of call records: one start of one process, so that what a crash lost can be seen. */
import { randomBytes } from 'node:crypto';
import type { CallRecord } from './call-record.ts';

/** The control plane's own records (denials) come from this replica. */
export const CONTROL_PLANE_REPLICA = 'control-plane';

/**
 * A new source of `replica`, for one start of its process. Its records are numbered from 1 on.
 * When the next source of a replica is heard of, the one before has ended.
 */
export function newCallSource(replica: string): string {
  return `${replica}.${randomBytes(9).toString('base64url')}`;
}

export function replicaOf(source: string): string {
  return source.slice(0, Math.max(0, source.lastIndexOf('.')));
}

/**
 * The last record of a source that ends in order: says that nothing after it is missing, and is not
 * kept. A source that ends without one gets a `gap` record.
 */
export function farewell(source: string, sequence: number, time: number): CallRecord {
  return {
    source,
    sequence,
    time,
    requestId: '',
    principal: '',
    clientIp: '',
    endpoint: '',
    method: '',
    write: false,
    outcome: 'end',
    httpStatus: 0,
    durationMs: 0,
    requestBytes: 0,
    responseBytes: 0,
    count: 0,
  };
}
