/** The seam between the client side and the upstream side of the sidecar: one call, raw JSON-RPC bytes. */
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { LogLevel } from './log-level.ts';

/** On whose behalf an upstream is used; isolation picks the upstream by it. */
export interface Caller {
  readonly principal: string;
  /** False on an open endpoint: isolation `principal` then means one upstream per session. */
  readonly authenticated: boolean;
  /** Id of the client's session, or of its request where there is none. */
  readonly session: string;
  /** True when the session is one request of somebody unknown: nothing that others need may hang on it. */
  readonly isPassing?: boolean;
  /** Client headers that the server's `forwardHeaders` admits (lower case), never credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the client can do for a server; upstreams are told no more. Canonical JSON of capabilities. */
  readonly profile: string;
  /** What its session wants to hear of logs; undefined = whatever the server says. */
  readonly logLevel?: LogLevel;
}

export interface UpstreamRequest {
  readonly server: ServerRuntime;
  readonly caller: Caller;
  readonly method: string;
  /** JSON bytes of `params` with the original name or URI in place; undefined = no params. */
  readonly params: Buffer | undefined;
  /** JSON bytes of the client's id, put into the reply. */
  readonly clientId: Buffer;
}

/** Why no reply came. `message` is safe to show: scrubbed, says what to do. */
export interface UpstreamFailure {
  readonly reason:
    | 'start_failed'
    /** No connection, no handshake in time, or a proxy that finds nobody behind it. */
    | 'unreachable'
    /** Not tried: the server failed too often just now (see `Circuits`). */
    | 'down'
    | 'refused_by_policy'
    | 'capacity'
    | 'timeout'
    | 'crashed'
    | 'disconnected'
    | 'garbage'
    | 'unauthorized'
    | 'too_large'
    /** The server answered, but its client did not read the reply in time. */
    | 'slow_client'
    | 'cancelled';
  readonly message: string;
  /** True when the call surely did not reach the server. */
  readonly notRun: boolean;
  /** Set when the server is not tried again sooner. */
  readonly retryAfterSeconds?: number;
}

export interface ReplySummary {
  /** A JSON-RPC error or a tool result with `isError: true`. */
  readonly isError: boolean;
  readonly bytes: number;
  /** Milliseconds between sending the request and the reply's last byte. */
  readonly upstreamMs: number;
}

/** What a server asks of the client during a call: sampling, elicitation, roots. */
export interface ServerRequest {
  readonly method: string;
  /** JSON bytes of the whole request, `id` in place of the server's own. */
  encode(id: Buffer): Buffer;
  /** The client's response; `encode` gives its bytes for the id that the server chose. Late ones go nowhere. */
  answer(encode: (id: Buffer) => Buffer): void;
}

/** A client that was asked. */
export interface AskedClient {
  /** No answer is wanted any more: the server took it back, the call ended, or it took too long. */
  withdraw(reason: string): void;
}

/** Gets what an upstream says in answer to one request. Exactly one of `end` and `fail` comes, last. */
export interface ReplyHandler {
  /** A complete notification tied to this request (progress, log message), as JSON bytes. */
  notification(message: Buffer): void;
  /** The server asks the client something. Undefined when the client can't be asked; absent when there is none. */
  readonly request?: (request: ServerRequest) => AskedClient | undefined;
  /**
   * Part of the JSON-RPC response message, the client's id in place, without a raw line break: it fits
   * a `data:` line. Up to 64 KiB come as one chunk, checked as a whole; a longer reply over HTTP may
   * still `fail` after chunks. False = wait for `resume`. No notification comes after the first chunk.
   */
  chunk(bytes: Buffer): boolean;
  end(summary: ReplySummary): void;
  fail(failure: UpstreamFailure): void;
}

export interface RunningCall {
  /** The client cancelled or is gone: tells the upstream, and fails the handler with `cancelled` at once. */
  cancel(reason: string): void;
  /** The sink drains again after a `chunk` that returned false. */
  resume(): void;
}

/** Who wants to hear of a resource. */
export interface Watcher {
  readonly caller: Caller;
  /** `uri` is the server's own, or that of a part of the resource; `message` the whole notification with it. */
  updated(uri: string, message: Buffer): void;
}

/** What a server said outside of calls. */
export interface ServerNews {
  /** Name of the server. */
  readonly server: string;
  /** JSON bytes of the whole notification. */
  readonly message: Buffer;
  /** Of a log message, as the server wrote it. */
  readonly logLevel?: unknown;
  readonly audience: Audience;
}

/** One session, or those of a principal with this capability profile: all who use the upstream. */
export type Audience =
  | { readonly session: string }
  | { readonly principal: string; readonly profile: string };

/** All upstreams of one sidecar. */
export interface Upstreams {
  /** Live children and sessions, and those that start. */
  readonly size: number;
  /** Servers whose health is `down`. */
  readonly serversDown: number;
  call(request: UpstreamRequest, handler: ReplyHandler): RunningCall;
  /** Lists of a server for a profile: live, fetched now if unknown. Rejects with `UpstreamError`. */
  lists(server: ServerRuntime, caller: Caller): Promise<ServerLists>;
  /**
   * Subscribes the caller's upstream to a resource, and again whenever that upstream is another one.
   * Resolves to what ends it. Rejects with `ReplyError` or `UpstreamError`.
   */
  watchResource(server: ServerRuntime, uri: string, watcher: Watcher): Promise<() => void>;
  /** A client session ended: upstreams that only it used are closed. */
  endSession(session: string): void;
  /** Servers changed or went away (`undefined`): upstreams of older revisions are retired. */
  configure(name: string, server: ServerRuntime | undefined): void;
  /** Starts the server now, lists it and publishes lists and status. */
  sync(server: ServerRuntime): Promise<void>;
  /** Ends every upstream; resolves when every child and its process group is gone. */
  close(): Promise<void>;
}
