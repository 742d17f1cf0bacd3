/** Reads JSON-RPC messages and batches whose ends somebody else knows (lines, events), without trusting a byte of them. */
import { BatchBuffer } from './batch-buffer.ts';
import { JsonError } from './json-scanner.ts';
import { MessageReader, type ReadMessage } from './message-reader.ts';

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
  readonly #batch = new BatchBuffer();
  #reader = new MessageReader();
  #bytes = 0;
  #problem: string | undefined;
  #tail: Buffer = Buffer.alloc(0);

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
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    if (this.#problem !== undefined || this.isTooLong) return;
    this.#attempt(() => this.#batch.take(chunk, isFirst) || this.#reader.push(chunk));
  }

  /** The current frame is complete. An empty one is none. */
  end(): void {
    if (this.#bytes === 0) return;
    const members = this.#attempt(() => this.#batch.end());
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
    const idAtEnd = ID_AT_END.exec(this.#tail.toString('latin1'))?.[1];
    this.#reset();
    if (message) this.#events.message(message, reader.take());
    else this.#events.garbage(problem ?? 'it is empty', reader.id || idAtEnd);
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      this.#problem = error.message;
      this.#reader.take();
      return undefined;
    }
  }

  #reset(): void {
    this.#reader = new MessageReader();
    this.#bytes = 0;
    this.#problem = undefined;
    this.#tail = Buffer.alloc(0);
  }
}
