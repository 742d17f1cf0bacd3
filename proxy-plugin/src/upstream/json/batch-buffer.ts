/** Gathers one batch of a server (MCP 2025-03-26), so that it can be read message by message. */
import { MAX_SERVER_MESSAGE_BYTES } from '../transport.ts';
import { JsonError } from './json-scanner.ts';
import { splitArray } from './split-array.ts';

/** We send no batches, so nothing makes a server answer with a large one. */
const MAX_MESSAGES = 1_000;

export class BatchBuffer {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  /** Throws `JsonError` when the batch grows too large. */
  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_SERVER_MESSAGE_BYTES)
      throw new JsonError('it is a batch that is too long');
    this.#chunks.push(chunk);
  }

  /** The messages of the batch, which is complete. Throws `JsonError`. */
  end(): readonly Buffer[] {
    return splitArray(Buffer.concat(this.#chunks), MAX_MESSAGES);
  }
}
