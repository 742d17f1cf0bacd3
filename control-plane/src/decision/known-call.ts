/** The call that a request is about to make, where its headers say so beyond doubt: over REST. */
import { UNRESTRICTED } from '@sluice/contract/access';
import type { ChargedCall } from '@sluice/contract/decision';
import { entryRefusal } from '@sluice/contract/visible-to';
import type { DecisionInput } from './decision-input.ts';
import type { PolicyView } from './policy-state.ts';
import type { Allowance } from './verdict.ts';

/**
 * Undefined where no `call` limit may match, and for a tool that nobody knows yet or that the key hides:
 * the sidecar, which has the servers' live lists, asks for the one and refuses both alike.
 */
export function knownCall(
  { endpoint, principal, key }: Allowance,
  { route, tool }: DecisionInput,
  policy: PolicyView,
): ChargedCall | undefined {
  if (route !== 'api' || !policy.limits.possibleCallLimits(endpoint.name, principal).any) {
    return undefined;
  }
  const found = policy.tools.find(endpoint.namespace, tool);
  if (!found || entryRefusal(key?.policy.rules ?? UNRESTRICTED, found)) return undefined;
  return { server: found.server, name: found.name };
}
