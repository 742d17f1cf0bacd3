/** The tables of the call records, in a database apart from the configuration. */
import type { Generated, Kysely, Selectable, Transaction } from 'kysely';

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
  transport: string | null;
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
