/** What every transport to an upstream does: one live connection, a child process or an HTTP session. */
import type { Scrub } from './scrub.ts';
import type { ReplyHandler, UpstreamFailure } from './upstream.ts';

export interface TransportRequest {
  /** Our id, unique on this transport. */
  readonly id: number;
  readonly method: string;
  /** JSON bytes of `params`; undefined = none. */
  readonly params: Buffer | undefined;
  /** JSON bytes of the id that the reply shall carry. */
  readonly clientId: Buffer;
  /** Client headers that the server's `forwardHeaders` admits; only HTTP has a place for them. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface TransportCall {
  /** Forgets the reply. The handler hears nothing more. */
  abort(): void;
  resume(): void;
}

/** A message of the server that is no reply. */
export interface ServerMessage {
  readonly kind: 'request' | 'notification';
  /** JSON text of a request's id. */
  readonly id: string;
  readonly bytes: Buffer;
  /** The same bytes with `ID_HOLE` in place of the id. */
  readonly pieces: readonly Buffer[];
  /** Our id of the call whose stream it came on; undefined where a transport can't tell. */
  readonly call: number | undefined;
}

export interface TransportEvents {
  message(message: ServerMessage): void;
  /** The connection is gone by itself; the calls in flight have failed already. Comes at most once. */
  gone(failure: UpstreamFailure): void;
  /** What it says outside of calls was not heard for a moment, and the server repeats nothing. */
  mayHaveMissed(): void;
  /** A reply that nobody waits for: late, duplicate or of an unknown id. */
  lateReply(): void;
  /** Bytes that are no JSON-RPC message: a banner on stdout, a broken event. */
  garbage(problem: string): void;
}

export interface Transport {
  readonly pids: readonly number[];
  request(request: TransportRequest, handler: ReplyHandler): TransportCall;
  /** Sends a notification or a response, best effort; `headers` are those of the call it belongs to. */
  send(message: Buffer, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** The handshake settled on this version. */
  negotiated(protocolVersion: string): void;
  /** Opens what the server needs to speak outside of calls; it has something to say. */
  listen(): void;
  /** Removes the server's secrets from a text of the server that people will read. */
  readonly scrub: Scrub;
  /** Last lines of stderr, scrubbed. */
  stderr(): readonly string[];
  /** Ends the connection; resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** 32 MiB: the longest reply that is carried, and the longest line a stdio child may write. */
export const MAX_REPLY_BYTES = 32 * 1024 * 1024;
/** 4 MiB: the longest request or notification that an upstream may send. */
export const MAX_SERVER_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Bytes of a request as it goes over the wire. */
export function encodeRequest({ id, method, params }: TransportRequest): Buffer {
  const head = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)}`;
  if (!params) return Buffer.from(`${head}}`);
  return Buffer.concat([Buffer.from(`${head},"params":`), params, Buffer.from('}')]);
}

/** Bytes of a notification; `params` is left out when undefined. */
export function encodeNotification(method: string, params?: unknown): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params }));
}
