/** How long to wait before what failed is tried again: doubling, with jitter, never for ever. */
import type { UpstreamFailure } from './upstream.ts';

export interface BackOff {
  /** Notes a failure; gives the time (Unix milliseconds) of the next try. */
  failed(key: string, failure: UpstreamFailure): number;
  forget(isMeant: (key: string) => boolean): void;
  /** The last failure and the time of the next try, while that is in the future. */
  pending(key: string): { readonly failure: UpstreamFailure; readonly until: number } | undefined;
}

/** Milliseconds. */
export interface Pauses {
  readonly first: number;
  readonly longest: number;
}

const PAUSES: Pauses = { first: 250, longest: 30_000 };
/** A failure that long after the one before counts as the first again. */
const FORGOTTEN_AFTER_MS = 60_000;
/** Keys remembered at most; the oldest is forgotten first. */
const MAX_KEYS = 10_000;

interface Failed {
  readonly failures: number;
  readonly until: number;
  readonly failure: UpstreamFailure;
}

/** Milliseconds until the next try, after so many `earlier` ones that failed as well. */
export function backOffMs(
  earlier: number,
  { first, longest }: Pauses,
  random: () => number,
): number {
  return jittered(Math.min(first * 2 ** earlier, longest), random);
}

/** A quarter up or down, so that what failed together is not tried together. `random`: 0 up to 1. */
export function jittered(ms: number, random: () => number): number {
  return Math.round(ms * (0.75 + random() / 2));
}

export function createBackOff({ now, random }: { now(): number; random(): number }): BackOff {
  const keys = new Map<string, Failed>();
  return {
    failed(key, failure) {
      const before = keys.get(key);
      const forgotten = !before || now() > before.until + FORGOTTEN_AFTER_MS;
      const failures = forgotten ? 1 : before.failures + 1;
      const until = now() + backOffMs(failures - 1, PAUSES, random);
      keys.delete(key);
      keys.set(key, { failures, until, failure });
      const oldest = keys.keys().next();
      if (keys.size > MAX_KEYS && !oldest.done) keys.delete(oldest.value);
      return until;
    },
    forget(isMeant) {
      for (const key of keys.keys()) if (isMeant(key)) keys.delete(key);
    },
    pending(key) {
      const found = keys.get(key);
      return found && found.until > now() ? found : undefined;
    },
  };
}
