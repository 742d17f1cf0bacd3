/** A limit with what would otherwise be computed for each request. */
import type { LimitPolicy } from '../decision/policy.ts';
import { policyItem } from './rate-limit-headers.ts';

export interface IndexedLimit {
  readonly policy: LimitPolicy;
  /** Milliseconds per unit at the sustained rate. */
  readonly intervalMs: number;
  /** Its item of the `RateLimit-Policy` header. */
  readonly policyItem: string;
}

export function indexedLimit(policy: LimitPolicy): IndexedLimit {
  const intervalMs = (policy.periodSeconds * 1000) / policy.rate;
  return { policy, intervalMs, policyItem: policyItem(policy) };
}
