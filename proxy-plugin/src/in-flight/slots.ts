/** A set of what is under way, for things that come and go with each call. */

/**
 * A JS Map or Set would keep them for much longer. V8 moves its table each time it grows or shrinks and
 * leaves a pointer from the old table to the new one; as soon as one old table has been promoted, the
 * whole chain with all its entries survives every scavenge, until the next full collection. Measured with
 * 32 calls in flight: 40 % of the bytes that calls allocate survived, in pauses of 10 to 60 ms.
 */
export class Slots<T> implements Iterable<T> {
  readonly #values: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#values.length - this.#free.length;
  }

  /** Gives the slot to `remove` it by. */
  add(value: T): number {
    const slot = this.#free.pop() ?? this.#values.length;
    this.#values[slot] = value;
    return slot;
  }

  at(slot: number): T | undefined {
    return this.#values[slot];
  }

  /** Once for each `add`: afterwards the slot is another's. */
  remove(slot: number): void {
    this.#values[slot] = undefined;
    this.#free.push(slot);
  }

  *[Symbol.iterator](): Generator<T> {
    for (const value of this.#values) if (value !== undefined) yield value;
  }
}
