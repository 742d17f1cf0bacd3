/** A limit as decisions take it. */

import type { Stored } from '../configuration/kind.ts';
import type { LimitPer, LimitPolicy } from '../decision/policy.ts';
import type { LimitConfig, LimitState } from './limit.ts';

export function limitPolicy({
  name,
  createdAt,
  config,
}: Stored<LimitConfig, LimitState>): LimitPolicy {
  const { endpoint, principal, server, tool } = config;
  return {
    name,
    createdAt,
    mode: config.mode,
    unit: config.unit,
    // Its shape was checked when it was written; header names match without regard to case.
    per: config.per.toLowerCase() as LimitPer,
    rate: config.rate,
    periodSeconds: config.period_seconds,
    burst: config.burst,
    ...(endpoint !== undefined && { endpoint }),
    ...(principal !== undefined && { principal }),
    ...(server !== undefined && { server }),
    ...(tool !== undefined && { tool }),
  };
}
