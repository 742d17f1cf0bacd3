/** What the sidecar is told about an allowed request. */
import {
  type ChargedCall,
  type DecisionClaims,
  decisionExpiry,
  type RefusedMessage,
} from '@sluice/contract/decision';
import { clientNetwork } from '../identity/client-network.ts';
import type { DecisionInput } from './decision-input.ts';
import type { PolicyView } from './policy-state.ts';
import { OPEN_RULE_SET } from './rule-set-id.ts';
import type { Allowance, Denial } from './verdict.ts';

/** `now` in Unix milliseconds. */
export function claimsFor(
  allowance: Allowance,
  input: DecisionInput,
  policy: PolicyView,
  now: number,
  charged?: ChargedCall,
): DecisionClaims {
  const { endpoint, principal, key, secret, keyExpiresAt, preflight } = allowance;
  const calls = policy.limits.possibleCallLimits(endpoint.name, principal);
  return {
    principal,
    authenticated: key !== undefined,
    ...(key && { key: key.policy.name }),
    ...(secret !== undefined && { secret }),
    version: policy.version,
    ruleSet: key?.ruleSet ?? OPEN_RULE_SET,
    expiresAt: decisionExpiry(now),
    ...(keyExpiresAt !== undefined && { keyExpiresAt }),
    ask: calls.any,
    ...(charged && { charged }),
    ...(calls.headers.length > 0 && { limitHeaders: pick(input.limitHeaders, calls.headers) }),
    ...(preflight && { preflight }),
  };
}

/** For a message that is refused on its client's stream: whose it was, and what to say. */
export function refusedClaims(
  { key, reason, message }: Denial,
  { clientIp }: DecisionInput,
  { version }: Pick<PolicyView, 'version'>,
  now: number,
  retryAfterSeconds: number | undefined,
): DecisionClaims {
  const refused: RefusedMessage = {
    reason,
    message,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  return {
    principal: key?.principal ?? `ip:${clientNetwork(clientIp)}`,
    authenticated: key !== undefined,
    ...(key && { key: key.name }),
    version,
    ruleSet: OPEN_RULE_SET,
    expiresAt: decisionExpiry(now),
    ask: false,
    refused,
  };
}

function pick(
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => [name, headers[name] ?? '']).filter(([, value]) => value !== ''),
  );
}
