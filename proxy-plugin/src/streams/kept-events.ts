/** The last events of one stream, within bounds, for a client that comes back and has missed some. */

interface KeptEvent {
  readonly number: number;
  pieces: Buffer[];
  bytes: number;
}

/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 256;
const MAX_EVENTS = 200;

export class KeptEvents {
  readonly #maxBytes: number;
  readonly #onBytes: (change: number) => void;
  #events: KeptEvent[] = [];
  #bytes = 0;
  #isForgotten = false;

  /** `onBytes` is told how the sum of what is kept changes. */
  constructor(maxBytes: number, onBytes: (change: number) => void) {
    this.#maxBytes = maxBytes;
    this.#onBytes = onBytes;
  }

  /** Adds an event, or to the last one; the oldest leave. False when the event itself is too large to be kept. */
  add(number: number, bytes: Buffer): boolean {
    if (this.#isForgotten) return true;
    const last = this.#events.at(-1);
    const event = last?.number === number ? last : this.#begin(number);
    event.pieces.push(bytes);
    event.bytes += bytes.length;
    this.#grow(bytes.length);
    while (this.#bytes > this.#maxBytes || this.#events.length > MAX_EVENTS) {
      const [first] = this.#events;
      this.#drop();
      if (first === event) return false;
    }
    return true;
  }

  /** Drops the event, if it is the last one. */
  withdraw(number: number): void {
    const last = this.#events.at(-1);
    if (last?.number !== number) return;
    this.#events.pop();
    this.#grow(-last.bytes);
  }

  /** Pieces of the events behind `number`. */
  after(number: number): readonly Buffer[] {
    return this.#events.filter((event) => event.number > number).flatMap(({ pieces }) => pieces);
  }

  /** Keeps nothing any more. */
  forget(): void {
    this.#isForgotten = true;
    while (this.#events.length > 0) this.#drop();
  }

  #begin(number: number): KeptEvent {
    const event = { number, pieces: [], bytes: ENTRY_BYTES };
    this.#events.push(event);
    this.#grow(ENTRY_BYTES);
    return event;
  }

  #drop(): void {
    const event = this.#events.shift();
    if (event) this.#grow(-event.bytes);
  }

  #grow(change: number): void {
    this.#bytes += change;
    this.#onBytes(change);
  }
}
