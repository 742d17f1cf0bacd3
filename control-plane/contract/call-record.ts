/** The record of one call: who asked what of whom, and what became of it. Never arguments or results. */

import type { ClientTransport } from './snapshot.ts';

export type CallOutcome =
  /** The upstream answered with a result. */
  | 'ok'
  /** The upstream answered, with a JSON-RPC error or `isError`. */
  | 'upstream_error'
  /** No answer: down, timed out, crashed, garbage. */
  | 'upstream_failed'
  /** The client went away, cancelled, or did not read the reply. */
  | 'cancelled'
  /** Refused by us; `reason` says why. */
  | 'denied'
  /** Records that were lost (a process died, a buffer ran over); `count` says how many, 0 = unknown. */
  | 'gap'
  /** The source ended in order (see `farewell`): never stored. */
  | 'end';

export interface CallRecord {
  /** One start of one process (see `newCallSource`). Dedupe key together with `sequence`. */
  readonly source: string;
  /** From 1 on, without holes: a hole becomes a `gap` record. */
  readonly sequence: number;
  /** Unix milliseconds at arrival. */
  readonly time: number;
  readonly requestId: string;
  readonly principal: string;
  readonly key?: string;
  readonly clientIp: string;
  /** Endpoint name, or its path if it is unknown. */
  readonly endpoint: string;
  /** How the client spoke; absent where no request is behind the record. */
  readonly transport?: ClientTransport;
  readonly method: string;
  readonly server?: string;
  /** Original name at the server; for resources the original URI. */
  readonly name?: string;
  readonly visibleName?: string;
  /** Unknown counts as write. */
  readonly write: boolean;
  readonly outcome: CallOutcome;
  readonly reason?: string;
  readonly httpStatus: number;
  /** Milliseconds in all, and of it waiting for the upstream. */
  readonly durationMs: number;
  readonly upstreamMs?: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** How many refusals this record stands for (same key or IP, reason and second), or lost records. */
  readonly count: number;
}
