/** Bounds how often one address may try admin keys that are none. */

export interface FailureLimit {
  /** Seconds until another attempt is looked at; 0 = now. */
  secondsToWait(clientIp: string, digest: string): number;
  failed(clientIp: string, digest: string): void;
  /** This secret was good: a script with a bad key on the same address does not lock it out. */
  succeeded(digest: string): void;
}

/** So many at once, then one in `SECONDS_PER_FAILURE`. */
const BURST = 20;
const SECONDS_PER_FAILURE = 3;
/** Bounds memory under attack from many addresses: the oldest is forgotten. */
const MAX_ENTRIES = 10_000;

/** `now` in Unix milliseconds. */
export function createFailureLimit(now: () => number): FailureLimit {
  /** When an address has none of its failures left, as in GCRA. */
  const clearAt = new Map<string, number>();
  const good = new Set<string>();
  return {
    secondsToWait(clientIp, digest) {
      if (good.has(digest)) return 0;
      const ahead = ((clearAt.get(clientIp) ?? 0) - now()) / 1000;
      return Math.max(0, Math.ceil(ahead - (BURST - 1) * SECONDS_PER_FAILURE));
    },
    failed(clientIp, digest) {
      good.delete(digest);
      const from = Math.max(clearAt.get(clientIp) ?? 0, now());
      clearAt.delete(clientIp);
      clearAt.set(clientIp, from + SECONDS_PER_FAILURE * 1000);
      trim(clearAt);
    },
    succeeded(digest) {
      good.add(digest);
      trim(good);
    },
  };
}

/** Sets and maps keep the order of insertion. */
function trim(entries: Map<string, number> | Set<string>): void {
  const [oldest] = entries.keys();
  if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
}
