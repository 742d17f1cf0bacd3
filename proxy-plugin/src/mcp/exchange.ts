/** A client's message and the ways to answer it: all that is known of a client's transport behind it. */
import type { DecisionClaims } from '@sluice/contract/decision';
import type { Reason } from '@sluice/contract/reasons';
import type { OpenedSession } from '../session/sessions.ts';
import type { ReplySummary, UpstreamFailure } from '../upstream/upstream.ts';

/** A call of a client, on whatever route. */
export interface CallExchange {
  readonly claims: DecisionClaims;
  /** Path of the endpoint, as NGINX matched it. */
  readonly endpoint: string;
  readonly requestId: string;
  readonly clientIp: string;
  /** Unix milliseconds. */
  readonly arrivedAt: number;
  /** A header of the client, lower-case name; undefined when it is absent or has several values. */
  header(name: string): string | undefined;

  /** Answers with an error in place of a result; returns what the client got of it. */
  reject(id: Buffer, rejection: Rejection): Answered;
  /** Does nothing of what was asked, and says why. */
  refuse(refusal: Refusal): void;
  /** Answers with a response that comes in pieces. */
  openReply(options: ReplyOptions): Reply;
}

/** A message of an MCP client. */
export interface Exchange extends CallExchange {
  /** Answers with one whole JSON-RPC response; `opened` is a session that its request has opened. */
  respond(response: Buffer | readonly Buffer[], opened?: OpenedSession): void;
  /** A notification or a response of the client was taken: there is nothing to say. */
  accept(): void;
}

/** Why a call can't be made as it was asked for. */
export interface Rejection {
  /** For the record. */
  readonly reason: 'unknown_name' | 'not_granted' | 'read_only' | 'bad_request';
  /** JSON-RPC error. */
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface Answered {
  readonly httpStatus: number;
  readonly responseBytes: number;
}

/** Why nothing will be done. The client gets the reason's status, or `status`. */
export interface Refusal {
  readonly reason: Reason;
  /** For a person: what is wrong, and what to do. */
  readonly message: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly limits?: LimitStanding;
}

/** How the limits that counted a call stand now: values of the `RateLimit` header fields. */
export interface LimitStanding {
  readonly rateLimit?: string;
  readonly rateLimitPolicy?: string;
}

export interface ReplyOptions {
  /** JSON of the id of the request that is answered. */
  readonly id: Buffer;
  /** The client takes more bytes again, or will never take any. */
  readonly onDrain: () => void;
  readonly limits: LimitStanding;
}

/** A response on its way out. Notifications come before its first byte; `end`, `fail` or `cancel` last. */
export interface Reply {
  /** A complete message ahead of the response. False when it was dropped: the client takes no stream, or has gone. */
  notification(message: Buffer): boolean;
  /** Part of the response. False = wait for `onDrain`. */
  chunk(bytes: Buffer): boolean;
  end(summary: ReplySummary): void;
  /** It can't be completed: `response`, which tells of `failure`, takes its place, unless a part of it has gone out. */
  fail(response: Buffer, failure: UpstreamFailure): void;
  /** Nobody waits for it any more. */
  cancel(): void;
  /** Shows everybody on the way that the call is still alive. */
  keepAlive(): void;
  /** Whether the client sees an open stream, which a revocation must close. */
  readonly streaming: boolean;
  /** Bytes of the response so far. */
  readonly bytes: number;
  /** HTTP status that the client got, once it is over. */
  readonly status: number;
  /** Set when `end` could not pass on what came; the client has been told. */
  readonly failure?: UpstreamFailure | undefined;
}
