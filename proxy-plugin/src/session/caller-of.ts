/** On whose behalf upstreams are used within a session. */
import type { DecisionClaims } from '@sluice/contract/decision';
import type { Caller } from '../upstream/upstream.ts';
import type { Session } from './session-seal.ts';

export function callerOf(
  { id, profile }: Session,
  { principal, authenticated }: DecisionClaims,
): Caller {
  return { principal, authenticated, session: id, headers: {}, profile };
}
