/** What the gateway itself asks of an upstream. Never on the path of a client's call. */
import { type ByteBudget, collectReply } from './collect-reply.ts';
import type { LiveUpstream } from './live-upstream.ts';
import type { Caller } from './upstream.ts';

export interface OwnRequest {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Of the client that it is asked for; by default none. */
  readonly headers?: Caller['headers'];
  /** Milliseconds until the whole reply is there. */
  readonly timeoutMs: number;
}

/**
 * The `result`. Rejects with `ReplyError` on a JSON-RPC error, with `UpstreamError` when no reply came or it
 * went over the budget.
 */
export function askUpstream(
  live: LiveUpstream,
  { method, params, headers = {}, timeoutMs }: OwnRequest,
  budget: ByteBudget,
): Promise<Record<string, unknown>> {
  const call = {
    method,
    params: params && Buffer.from(JSON.stringify(params)),
    clientId: Buffer.from('0'),
    headers,
    timeoutMs,
    totalMs: timeoutMs,
  };
  return collectReply((handler) => void live.call(call, handler), budget);
}
