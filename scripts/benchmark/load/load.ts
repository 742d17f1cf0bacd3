/** What the generator is told and what it answers: plain values that cross a process boundary. */

/** One MCP endpoint (or plain path) of a target, and the tools that calls are spread over. */
export interface Lane {
  readonly path: string;
  /** With `host`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Visible names; empty unless the operation is `call`. */
  readonly tools: readonly string[];
}

export type Address =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string };

export interface LoadTarget {
  readonly address: Address;
  /** Each connection uses all of them in turn. */
  readonly lanes: readonly Lane[];
}

/**
 * `call` = `tools/call`, `list` = `tools/list` (both in a session opened beforehand), `session` =
 * `initialize` and `initialized`, `get` = a bare GET that needs no session.
 */
export type Operation = 'call' | 'list' | 'session' | 'get';

export interface LoadSpec {
  readonly target: LoadTarget;
  readonly operation: Operation;
  /** Closed loop: so many requests are in flight at any time. */
  readonly connections: number;
  /** Of a right answer to `get`; default 200. */
  readonly status?: number;
}

export interface Latency {
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

export interface LoadResult {
  /** Answered as they should be. */
  readonly completed: number;
  readonly elapsedMs: number;
  readonly latency: Latency;
  /** By kind, such as `status 503` or `ECONNRESET`. */
  readonly errors: Readonly<Record<string, number>>;
  /** What the first wrong reply said. */
  readonly firstError?: string;
}

export type GeneratorOrder =
  | { readonly id: number; readonly kind: 'prepare'; readonly spec: LoadSpec }
  | {
      readonly id: number;
      readonly kind: 'run';
      readonly load: number;
      readonly durationMs: number;
    }
  | { readonly id: number; readonly kind: 'close'; readonly load: number };

export type GeneratorReply =
  | { readonly id: number; readonly result: LoadResult | null }
  | { readonly id: number; readonly failure: string };
