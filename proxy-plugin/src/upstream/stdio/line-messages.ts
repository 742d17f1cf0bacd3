/** Splits what a child writes to stdout into JSON-RPC messages, one or a batch a line, without trusting a byte of it. */
import { BatchBuffer } from '../json/batch-buffer.ts';
import { JsonError } from '../json/json-scanner.ts';
import { MessageReader, type ReadMessage } from '../json/message-reader.ts';

export interface LineEvents {
  message(message: ReadMessage, pieces: Buffer[]): void;
  /** A line that is no message. `id` is what looks like its id, so that the call it answers can fail at once. */
  garbage(problem: string, id: string | undefined): void;
  /** The line is longer than allowed; the rest of the stream is worth nothing. */
  tooLong(): void;
}

const LF = 0x0a;
/** Enough for `"id":<number>}` at the end of a line, where the TypeScript SDK puts it. */
const TAIL_BYTES = 64;
const ID_AT_END = /"id"\s*:\s*(\d+)\s*\}\s*$/;

/** Gives the function to feed chunks to. Nothing of a line is kept beyond `maxLineBytes`. */
export function createLineMessages(maxLineBytes: number, events: LineEvents) {
  const line = new Line(maxLineBytes, events);
  return (chunk: Buffer): void => {
    for (let from = 0; from < chunk.length; ) {
      const newline = chunk.indexOf(LF, from);
      line.push(chunk.subarray(from, newline < 0 ? chunk.length : newline));
      if (line.isTooLong) events.tooLong();
      if (line.isTooLong || newline < 0) return;
      line.end();
      from = newline + 1;
    }
  };
}

/** One line after the other: a message each, or a batch. */
class Line {
  readonly #maxBytes: number;
  readonly #events: LineEvents;
  readonly #batch = new BatchBuffer();
  #reader = new MessageReader();
  #bytes = 0;
  #problem: string | undefined;
  #tail: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number, events: LineEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

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
