/** Random values that are the same in every run: a failing case can be run again. */

export interface SeededRandom {
  /** A whole number from 0 up to but without `bound`. */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** From 0 to `longest` values. */
  list<T>(longest: number, make: () => T): T[];
}

/** mulberry32: small, and good enough to shuffle test cases. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    below,
    chance: (probability) => next() < probability,
    pick<T>(choices: readonly T[]): T {
      return choices[below(choices.length)] as T;
    },
    list: (longest, make) => Array.from({ length: below(longest + 1) }, make),
  };
}
