/** Hands the pieces of one reply to its handler, as fast as the handler takes them. */
import type { ReplyHandler, ReplySummary } from './upstream.ts';

export interface ReplyDelivery {
  /** False when the handler wants a pause; `onDrain` tells when all pieces went out after one. */
  push(pieces: readonly Buffer[]): boolean;
  /** The reply is complete: `end` follows once the last piece went out. */
  finish(summary: ReplySummary): void;
  resume(): void;
  /** Bytes waiting for the handler. */
  readonly waiting: number;
}

/** A reply up to this size goes out as one chunk: copying it costs less than a second write. */
const JOINED_BYTES = 64 * 1024;

export function createReplyDelivery(handler: ReplyHandler, onDrain?: () => void): ReplyDelivery {
  let queue: Buffer[] = [];
  let waiting = 0;
  let blocked = false;
  let summary: ReplySummary | undefined;

  function flush(): void {
    while (!blocked) {
      const piece = queue.shift();
      if (!piece) break;
      waiting -= piece.length;
      blocked = !handler.chunk(piece);
    }
    if (queue.length > 0 || !summary) return;
    const last = summary;
    summary = undefined;
    handler.end(last);
  }

  return {
    get waiting() {
      return waiting;
    },
    push(pieces) {
      const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
      queue = queue.concat(size <= JOINED_BYTES ? Buffer.concat(pieces, size) : pieces);
      waiting += size;
      flush();
      return !blocked;
    },
    finish(last) {
      summary = last;
      flush();
    },
    resume() {
      blocked = false;
      flush();
      if (!blocked) onDrain?.();
    },
  };
}
