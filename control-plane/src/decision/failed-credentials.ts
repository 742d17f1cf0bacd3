/**
 * Slows down those who guess keys, per client IP. Only answers to *bad* keys are throttled: behind one
 * address there may be a whole company, and one laptop with an old key must not lock out the others.
 * Looking a key up costs the same 1.4 µs either way, and a generated key holds 190 bits: what the
 * throttle saves is denials, not keys. The flood itself is NGINX's to stop (`limit_req`).
 */
import type { Reason } from '@sluice/contract/reasons';
import { guessBy } from '../credentials/guess.ts';
import type { BucketStore } from '../limits/bucket-store.ts';
import { retryAfterSeconds } from '../limits/rate-limit-headers.ts';

/** A request without any credential is no guess: clients send one to find out how to authenticate. */
const GUESSES: ReadonlySet<Reason> = new Set([
  'invalid_credential',
  'expired_credential',
  'revoked_credential',
]);

export interface FailedCredentials {
  /**
   * Counts a refusal for `reason`. `done` gets the seconds to wait if there were too many from this
   * address, else undefined; it may run before this returns.
   */
  count(clientIp: string, reason: Reason, done: (waitSeconds: number | undefined) => void): void;
}

export function createFailedCredentials(buckets: BucketStore): FailedCredentials {
  return {
    count(clientIp, reason, done) {
      if (!GUESSES.has(reason)) return done(undefined);
      buckets.charge([guessBy(clientIp)], ([standing]) =>
        done(standing?.exceeded ? retryAfterSeconds(standing) : undefined),
      );
    },
  };
}
