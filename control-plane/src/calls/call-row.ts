/** A call record as a row, and a row as the API shows it. */
import type { CallRecord } from '@sluice/contract/call-record';
import type { Insertable } from 'kysely';
import type { z } from 'zod';
import type { callSchema } from './call-schema.ts';
import type { CallRow, CallTables } from './calls-database.ts';

export type NewCallRow = Insertable<CallTables['calls']>;

export function toRow(record: CallRecord): NewCallRow {
  return {
    source: record.source,
    sequence: record.sequence,
    time: record.time,
    request_id: record.requestId,
    principal: record.principal,
    key: record.key ?? null,
    client_ip: record.clientIp,
    endpoint: record.endpoint,
    transport: record.transport ?? null,
    method: record.method,
    server: record.server ?? null,
    name: record.name ?? null,
    visible_name: record.visibleName ?? null,
    write: record.write ? 1 : 0,
    outcome: record.outcome,
    reason: record.reason ?? null,
    http_status: record.httpStatus,
    duration_ms: record.durationMs,
    upstream_ms: record.upstreamMs ?? null,
    request_bytes: record.requestBytes,
    response_bytes: record.responseBytes,
    count: record.count,
  };
}

/** Absent fields stay absent: null and absent mean the same in this API. */
export function toCall(row: CallRow): Call {
  return {
    id: String(row.id),
    time: new Date(row.time).toISOString(),
    request_id: row.request_id,
    principal: row.principal,
    ...(row.key !== null && { key: row.key }),
    client_ip: row.client_ip,
    endpoint: row.endpoint,
    ...(row.transport !== null && { transport: row.transport as Call['transport'] }),
    method: row.method,
    ...(row.server !== null && { server: row.server }),
    ...(row.name !== null && { name: row.name }),
    ...(row.visible_name !== null && { visible_name: row.visible_name }),
    write: row.write === 1,
    outcome: row.outcome as Call['outcome'],
    ...(row.reason !== null && { reason: row.reason }),
    http_status: row.http_status,
    duration_ms: row.duration_ms,
    ...(row.upstream_ms !== null && { upstream_ms: row.upstream_ms }),
    request_bytes: row.request_bytes,
    response_bytes: row.response_bytes,
    count: row.count,
    source: row.source,
    sequence: row.sequence,
  };
}

type Call = z.output<typeof callSchema>;
