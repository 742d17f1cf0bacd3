/** Buckets in memory, by GCRA: one point in time per bucket, exact retry times, no windows. */
import type { BucketStore, Charge, Standing } from './bucket-store.ts';

interface Bucket {
  /** "Theoretical arrival time": when the bucket is empty again, on our clock. */
  emptyAt: number;
  /** The rule's interval when it was last charged. */
  intervalMs: number;
}

export interface MemoryBuckets extends BucketStore {
  readonly size: number;
  /** Forgets up to `most` empty buckets; call it now and then. */
  sweep(most: number): void;
}

export interface MemoryBucketsOptions {
  /** Milliseconds; should be monotonic, survives one that is not. */
  readonly clock: () => number;
  /** Buckets kept at once. */
  readonly capacity: number;
}

/** How many of the oldest buckets are looked at to find one that can go. */
const EVICTION_SAMPLE = 16;
/** Sums of floats: a unit that is a nanosecond early has arrived. */
const TOLERANCE_MS = 1e-6;

export function createMemoryBuckets({ clock, capacity }: MemoryBucketsOptions): MemoryBuckets {
  const buckets = new Map<string, Bucket>();
  let sweeping = buckets.entries();

  const put = (charge: Charge, emptyAt: number) => {
    const bucket = buckets.get(charge.bucket);
    if (bucket) bucket.emptyAt = emptyAt;
    else {
      if (buckets.size >= capacity) evict(buckets);
      buckets.set(charge.bucket, { emptyAt, intervalMs: charge.intervalMs });
    }
  };

  return {
    get size() {
      return buckets.size;
    },
    charge(charges, done) {
      const now = clock();
      const before = charges.map((charge) => adopt(charge, buckets.get(charge.bucket), now));
      const fits = charges.map((charge, index) => hasRoom(charge, before[index] ?? now, now));
      const refused = charges.some((charge, index) => !charge.observed && !fits[index]);
      done(
        charges.map((charge, index) => {
          const emptyAt = before[index] ?? now;
          if (refused || !fits[index]) return standing(charge, emptyAt, now, !fits[index]);
          put(charge, emptyAt + charge.intervalMs);
          return standing(charge, emptyAt + charge.intervalMs, now, false);
        }),
      );
    },
    peek(charges, done) {
      const now = clock();
      done(
        charges.map((charge) => {
          const emptyAt = emptyAtUnder(charge, buckets.get(charge.bucket), now);
          return standing(charge, emptyAt, now, !hasRoom(charge, emptyAt, now));
        }),
      );
    },
    sweep(most) {
      const now = clock();
      for (let count = 0; count < most; count += 1) {
        const next = sweeping.next();
        if (next.done) {
          sweeping = buckets.entries();
          return;
        }
        const [name, bucket] = next.value;
        if (bucket.emptyAt <= now) buckets.delete(name);
      }
    },
  };
}

/**
 * When the bucket is empty under the rule of `charge`. If the rule changed, the units in it stay and
 * their weight changes. Never further away than a full bucket, so that neither a clock that jumped
 * back nor a limit that was loosened locks anybody out.
 */
function emptyAtUnder(charge: Charge, bucket: Bucket | undefined, now: number): number {
  if (!bucket || bucket.emptyAt <= now) return now;
  const units = (bucket.emptyAt - now) / bucket.intervalMs;
  return now + Math.min(units, charge.burst) * charge.intervalMs;
}

/**
 * Puts the bucket under the rule of `charge` for good, also when nothing is charged: measured anew at
 * each refusal it would never drain.
 */
function adopt(charge: Charge, bucket: Bucket | undefined, now: number): number {
  const emptyAt = emptyAtUnder(charge, bucket, now);
  if (bucket) {
    bucket.emptyAt = emptyAt;
    bucket.intervalMs = charge.intervalMs;
  }
  return emptyAt;
}

function hasRoom(charge: Charge, emptyAt: number, now: number): boolean {
  return emptyAt + charge.intervalMs - charge.burst * charge.intervalMs <= now + TOLERANCE_MS;
}

function standing(charge: Charge, emptyAt: number, now: number, exceeded: boolean): Standing {
  const free = charge.burst - (emptyAt - now) / charge.intervalMs;
  const remaining = Math.max(0, Math.floor(free + TOLERANCE_MS));
  return { exceeded, remaining, nextMs: Math.max(0, (remaining + 1 - free) * charge.intervalMs) };
}

/**
 * Makes room for one. Among the oldest, the bucket nearest to empty goes: a flood of new names
 * pushes out its own buckets before one that somebody keeps busy. The others move to the end.
 */
function evict(buckets: Map<string, Bucket>): void {
  let victim: [string, Bucket] | undefined;
  const sample: [string, Bucket][] = [];
  for (const entry of buckets) {
    sample.push(entry);
    if (!victim || entry[1].emptyAt < victim[1].emptyAt) victim = entry;
    if (sample.length === EVICTION_SAMPLE) break;
  }
  for (const [name, bucket] of sample) {
    buckets.delete(name);
    if (name !== victim?.[0]) buckets.set(name, bucket);
  }
}
