/** Gathers one whole reply as a value, for the handshake and the lists. Never on the path of a client's call. */
import type { ReplyHandler } from './upstream.ts';
import { notRun, UpstreamError } from './upstream-error.ts';

/** What the upstream answered with instead of a result. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Bytes that one or several replies may still have; below 0 there were more. */
export interface ByteBudget {
  left: number;
}

/**
 * The `result` of the request that `start` sends. Rejects with `ReplyError` on a JSON-RPC error, with
 * `UpstreamError` when no reply came or it went over the budget.
 */
export function collectReply(
  start: (handler: ReplyHandler) => void,
  budget: ByteBudget,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    start({
      notification() {},
      chunk(bytes) {
        size += bytes.length;
        budget.left -= bytes.length;
        if (budget.left >= 0) chunks.push(bytes);
        return true;
      },
      end() {
        try {
          if (budget.left < 0) throw notRun('too_large', `a reply of ${size} bytes`);
          resolve(resultOf(JSON.parse(Buffer.concat(chunks).toString())));
        } catch (error) {
          reject(
            error instanceof SyntaxError ? notRun('garbage', 'a reply that is no JSON') : error,
          );
        }
      },
      fail: (failure) => reject(new UpstreamError(failure)),
    });
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resultOf({ error, result }: { error?: unknown; result?: unknown }) {
  if (isObject(error)) throw replyError(error);
  if (!isObject(result)) throw notRun('garbage', 'a result that is no object');
  return result;
}

function replyError({ code, message }: { code?: unknown; message?: unknown }): ReplyError {
  return new ReplyError(typeof code === 'number' ? code : 0, String(message ?? '').slice(0, 500));
}
