/** Hands the pieces of one reply to its handler, as fast as the handler takes them. */
import type { ReplyHandler, ReplySummary } from './upstream.ts';

/** A reply up to this size goes out as one chunk: copying it costs less than a second write. */
const JOINED_BYTES = 64 * 1024;

export class ReplyDelivery {
  readonly #handler: ReplyHandler;
  readonly #onDrain: (() => void) | undefined;
  readonly #queue: Buffer[] = [];
  #waiting = 0;
  #blocked = false;
  #summary: ReplySummary | undefined;

  /** `onDrain` tells when all pieces went out after a pause. */
  constructor(handler: ReplyHandler, onDrain?: () => void) {
    this.#handler = handler;
    this.#onDrain = onDrain;
  }

  /** Bytes waiting for the handler. */
  get waiting(): number {
    return this.#waiting;
  }

  /** False when the handler wants a pause. */
  push(pieces: readonly Buffer[]): boolean {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (pieces.length > 1 && size <= JOINED_BYTES) this.#queue.push(Buffer.concat(pieces, size));
    else for (const piece of pieces) this.#queue.push(piece);
    this.#waiting += size;
    this.#flush();
    return !this.#blocked;
  }

  /** The reply is complete: `end` follows once the last piece went out. */
  finish(summary: ReplySummary): void {
    this.#summary = summary;
    this.#flush();
  }

  resume(): void {
    this.#blocked = false;
    this.#flush();
    if (!this.#blocked) this.#onDrain?.();
  }

  #flush(): void {
    while (!this.#blocked) {
      const piece = this.#queue.shift();
      if (!piece) break;
      this.#waiting -= piece.length;
      this.#blocked = !this.#handler.chunk(piece);
    }
    if (this.#queue.length > 0 || !this.#summary) return;
    const last = this.#summary;
    this.#summary = undefined;
    this.#handler.end(last);
  }
}
