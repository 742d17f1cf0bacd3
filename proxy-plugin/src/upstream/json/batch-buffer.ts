/** Gathers what a server sends as a batch (MCP 2025-03-26), so that it can be read message by message. */
import { MAX_SERVER_MESSAGE_BYTES } from '../transport.ts';
import { JsonError } from './json-scanner.ts';
import { isArray, splitArray } from './split-array.ts';

/** We send no batches, so nothing makes a server answer with a large one. */
const MAX_MESSAGES = 1_000;

export class BatchBuffer {
  #chunks: Buffer[] = [];
  #size = 0;

  /** True when it took `chunk`: the message began as an array. Throws `JsonError` when that grows too large. */
  take(chunk: Buffer, isFirst: boolean): boolean {
    if (this.#size === 0 && !(isFirst && isArray(chunk))) return false;
    this.#size += chunk.length;
    if (this.#size > MAX_SERVER_MESSAGE_BYTES) {
      this.#clear();
      throw new JsonError('it is a batch that is too long');
    }
    this.#chunks.push(chunk);
    return true;
  }

  /** The messages of the batch that is complete; undefined when there was none. Throws `JsonError`. */
  end(): readonly Buffer[] | undefined {
    if (this.#size === 0) return undefined;
    const batch = Buffer.concat(this.#chunks);
    this.#clear();
    return splitArray(batch, MAX_MESSAGES);
  }

  #clear(): void {
    this.#chunks = [];
    this.#size = 0;
  }
}
