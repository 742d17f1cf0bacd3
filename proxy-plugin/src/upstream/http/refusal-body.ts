/** The body of a response that is no success: its beginning, in which a JSON-RPC error may be. */
import { isObject } from '../collect-reply.ts';

const MAX_BYTES = 64 * 1024;

export class RefusalBody {
  readonly #parts: Buffer[] = [];
  #size = 0;

  /** False once there is more than any error needs. */
  push(chunk: Buffer): boolean {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    return this.#size <= MAX_BYTES;
  }

  /** The `error` member of a JSON-RPC error, if it is one. */
  get error(): Record<string, unknown> | undefined {
    try {
      const message: unknown = JSON.parse(Buffer.concat(this.#parts).toString());
      const error = isObject(message) ? message.error : undefined;
      return isObject(error) && typeof error.code === 'number' ? error : undefined;
    } catch {
      return undefined;
    }
  }
}
