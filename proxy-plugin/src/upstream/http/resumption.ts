/** Goes back to an event stream that ended before its reply (MCP 2025-11-25, Streamable HTTP, "Resumability and Redelivery"). */
import type { EventStreamParser } from './event-stream-parser.ts';

/** In a row, without an event with a new id in between. */
const MAX_TRIES = 3;
/** For servers that ask for no pause; doubles from try to try. */
const FIRST_PAUSE_MS = 500;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;

export class Resumption {
  #lastId: string | undefined;
  #retryMs: number | undefined;
  #tries = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `stream` has just ended; it may have said from where to resume, and when. */
  ended(stream: Pick<EventStreamParser, 'lastId' | 'retryMs'>): void {
    const { lastId = this.#lastId, retryMs = this.#retryMs } = stream;
    if (lastId !== this.#lastId) this.#tries = 0;
    this.#lastId = lastId;
    this.#retryMs = retryMs;
  }

  /** Calls `open` after the pause that the server asks for. False when there is nothing to resume, or no hope. */
  schedule(open: (lastId: string) => void): boolean {
    const lastId = this.#lastId;
    if (!lastId || this.#tries === MAX_TRIES) return false;
    const pauseMs = this.#retryMs ?? FIRST_PAUSE_MS * 2 ** this.#tries;
    const bounded = Math.min(Math.max(pauseMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#tries += 1;
    this.#timer = setTimeout(() => open(lastId), bounded);
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
