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
export function toCall(row: CallRow): z.output<typeof callSchema> {
  const { id, time, write, key, server, name, visible_name, reason, upstream_ms, ...rest } = row;
  return {
    id: String(id),
    time: new Date(time).toISOString(),
    ...rest,
    write: write === 1,
    outcome: rest.outcome as z.output<typeof callSchema>['outcome'],
    ...(key !== null && { key }),
    ...(server !== null && { server }),
    ...(name !== null && { name }),
    ...(visible_name !== null && { visible_name }),
    ...(reason !== null && { reason }),
    ...(upstream_ms !== null && { upstream_ms }),
  };
}
