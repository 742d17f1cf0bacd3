/** A map of what is under way, by key, for entries that come and go with each call. */
import { Slots } from './slots.ts';

/** As a Map, whose table would keep the entries alive (see `Slots`): this one's holds numbers only. */
export class InFlightMap<K extends string | number, V> {
  readonly #slots = new Map<K, number>();
  readonly #entries = new Slots<V>();

  get size(): number {
    return this.#slots.size;
  }

  has(key: K): boolean {
    return this.#slots.has(key);
  }

  get(key: K): V | undefined {
    const slot = this.#slots.get(key);
    return slot === undefined ? undefined : this.#entries.at(slot);
  }

  /** `key` must not be there yet. */
  add(key: K, value: V): void {
    this.#slots.set(key, this.#entries.add(value));
  }

  /** Whether it was there. */
  delete(key: K): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    this.#slots.delete(key);
    this.#entries.remove(slot);
    return true;
  }

  keys(): K[] {
    return [...this.#slots.keys()];
  }

  values(): V[] {
    return [...this.#entries];
  }
}
