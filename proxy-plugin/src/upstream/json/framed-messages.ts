/** Reads JSON-RPC messages and batches whose ends somebody else knows (lines, events), without trusting a byte of them. */
import { BatchBuffer } from './batch-buffer.ts';
import { JsonError } from './json-scanner.ts';
import { MessageReader, type ReadMessage } from './message-reader.ts';
import { isArray } from './split-array.ts';

export interface FramedMessageEvents {
  message(message: ReadMessage, pieces: Buffer[]): void;
  /** It is no message. `id` is what looks like its id, so that the call it answers can fail at once. */
  garbage(problem: string, id: string | undefined): void;
}

/** Enough for `"id":<number>}` at the end of a message, where the TypeScript SDK puts it. */
const TAIL_BYTES = 64;
const ID_AT_END = /"id"\s*:\s*(\d+)\s*\}\s*$/;

/** One frame after the other: a message each, or a batch. Nothing of a frame is kept beyond `maxBytes`. */
export class FramedMessages {
  readonly #maxBytes: number;
  readonly #events: FramedMessageEvents;
  /** Set while a batch is read. */
  #batch: BatchBuffer | undefined;
  #reader = new MessageReader();
  #bytes = 0;
  #problem: string | undefined;
  /** The two latest chunks: garbage may end in an id. */
  #tail: readonly Buffer[] = [];

  constructor(maxBytes: number, events: FramedMessageEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  /** The current frame is longer than allowed. */
  get isTooLong(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  push(chunk: Buffer): void {
    const isFirst = this.#bytes === 0;
    this.#bytes += chunk.length;
    this.#tail = [...this.#tail.slice(-1), chunk];
    if (this.#problem !== undefined || this.isTooLong) return;
    if (isFirst && isArray(chunk)) this.#batch = new BatchBuffer();
    this.#attempt(() => (this.#batch ?? this.#reader).push(chunk));
  }

  /** The current frame is complete. An empty one is none. */
  end(): void {
    if (this.#bytes === 0) return;
    const batch = this.#batch;
    const members = batch && this.#attempt(() => batch.end());
    if (!members) this.#endMessage();
    for (const member of members ?? []) {
      this.#reset();
      this.#attempt(() => this.#reader.push(member));
      this.#endMessage();
    }
  }

  #endMessage(): void {
    const reader = this.#reader;
    const message = this.#problem === undefined ? this.#attempt(() => reader.end()) : undefined;
    const problem = this.#problem;
    const tail = this.#tail;
    this.#reset();
    if (message) this.#events.message(message, reader.take());
    else this.#events.garbage(problem ?? 'it is empty', reader.id || idAtEnd(tail));
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      this.#problem = error.message;
      this.#reader.take();
      this.#batch = undefined;
      return undefined;
    }
  }

  #reset(): void {
    this.#reader = new MessageReader();
    this.#bytes = 0;
    this.#problem = undefined;
    this.#tail = [];
    this.#batch = undefined;
  }
}

function idAtEnd(chunks: readonly Buffer[]): string | undefined {
  const tail = Buffer.concat(chunks.map((chunk) => chunk.subarray(-TAIL_BYTES)));
  return ID_AT_END.exec(tail.toString('latin1'))?.[1];
}
