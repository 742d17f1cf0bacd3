/** A client's message and the ways to answer it: all that the router knows of a client's transport. */
import type { DecisionClaims } from '@sluice/contract/decision';
import type { Reason } from '@sluice/contract/reasons';

export interface Exchange {
  readonly claims: DecisionClaims;
  /** Path of the endpoint, as NGINX matched it. */
  readonly endpoint: string;
  readonly requestId: string;
  readonly clientIp: string;
  /** Unix milliseconds. */
  readonly arrivedAt: number;
  /** A header of the client, lower-case name; undefined when it is absent or has several values. */
  header(name: string): string | undefined;

  /** Answers with one whole JSON-RPC response; `session` is the id of a session that was just opened. */
  respond(response: Buffer | readonly Buffer[], session?: string): void;
  /** A notification or a response of the client was taken: there is nothing to say. */
  accept(): void;
  refuse(refusal: Refusal): void;
  /** Answers with a response that comes in pieces. */
  openReply(options: ReplyOptions): Reply;
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
  end(): void;
  /** It can't be completed: `response` takes its place, unless a part of it has gone out. */
  fail(response: Buffer): void;
  /** Nobody waits for it any more. */
  cancel(): void;
  /** Shows everybody on the way that the call is still alive. */
  keepAlive(): void;
  /** Whether the client sees an open stream, which a revocation must close. */
  readonly streaming: boolean;
  /** Bytes of the response so far. */
  readonly bytes: number;
}
