/** A limit with what would otherwise be computed for each request. */
import type { LimitPolicy } from '../decision/policy.ts';
import { policyParameters, quotedName } from './rate-limit-headers.ts';

export interface IndexedLimit {
  readonly policy: LimitPolicy;
  /** Milliseconds per unit at the sustained rate. */
  readonly intervalMs: number;
  /** What the names of its buckets begin with. */
  readonly bucketPrefix: string;
  /** Its name as headers carry it. */
  readonly quotedName: string;
  /** Its item of the `RateLimit-Policy` header. */
  readonly policyItem: string;
}

export function indexedLimit(policy: LimitPolicy): IndexedLimit {
  const intervalMs = (policy.periodSeconds * 1000) / policy.rate;
  const quoted = quotedName(policy.name);
  return {
    policy,
    intervalMs,
    bucketPrefix: `${policy.name}\n${policy.createdAt}\n${policy.per}\n`,
    quotedName: quoted,
    policyItem: quoted + policyParameters(policy),
  };
}
