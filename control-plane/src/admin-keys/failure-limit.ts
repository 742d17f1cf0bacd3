/** Bounds how often one address may try admin keys that are none. */

export interface FailureLimit {
  /** Seconds until the address may fail again; 0 = now. */
  secondsToWait(clientIp: string): number;
  failed(clientIp: string): void;
}

/** So many at once, then one in `SECONDS_PER_FAILURE`. */
const BURST = 20;
const SECONDS_PER_FAILURE = 3;
/** Bounds memory under attack from many addresses: the oldest is forgotten. */
const MAX_ADDRESSES = 10_000;

/** `now` in Unix milliseconds. */
export function createFailureLimit(now: () => number): FailureLimit {
  /** When an address has all its failures back, as in GCRA. */
  const clearAt = new Map<string, number>();
  return {
    secondsToWait(clientIp) {
      const ahead = ((clearAt.get(clientIp) ?? 0) - now()) / 1000;
      return Math.max(0, Math.ceil(ahead - (BURST - 1) * SECONDS_PER_FAILURE));
    },
    failed(clientIp) {
      const from = Math.max(clearAt.get(clientIp) ?? 0, now());
      clearAt.delete(clientIp);
      clearAt.set(clientIp, from + SECONDS_PER_FAILURE * 1000);
      const [oldest] = clearAt.keys();
      if (clearAt.size > MAX_ADDRESSES && oldest !== undefined) clearAt.delete(oldest);
    },
  };
}
