/** Whose open streams must close: keys and secrets that a change took something from. */
import type { KeyPolicy } from '../decision/policy.ts';
import { ruleSetId } from '../decision/rule-set-id.ts';
import { secretId } from '../identity/known-keys.ts';

export interface Revocation {
  /** Names. */
  readonly keys: readonly string[];
  /** Ids, as claims name them. */
  readonly secrets: readonly string[];
}

/**
 * What changes of keys delete, revoke or narrow. `before` gives a key as it was. A change that may be
 * narrower counts as narrower: a client whose stream closes opens it again. Ends that are yet to
 * come are told by `ExpirySchedule`.
 */
export function revocationBy(
  steps: readonly (readonly [string, KeyPolicy | null])[],
  before: (name: string) => KeyPolicy | undefined,
): Revocation {
  const keys: string[] = [];
  const secrets: string[] = [];
  for (const [name, after] of steps) {
    const former = before(name);
    if (!former || former.revoked) continue;
    if (after === null || isNarrower(former, after)) keys.push(name);
    else secrets.push(...lostSecrets(former, after));
  }
  return { keys, secrets };
}

function isNarrower(before: KeyPolicy, after: KeyPolicy): boolean {
  return (
    after.revoked ||
    after.principal !== before.principal ||
    ruleSetId(after.rules) !== ruleSetId(before.rules) ||
    losesEndpoint(before.endpoints, after.endpoints)
  );
}

function losesEndpoint(before: readonly string[], after: readonly string[]): boolean {
  return !after.includes('*') && before.some((endpoint) => !after.includes(endpoint));
}

function lostSecrets(before: KeyPolicy, after: KeyPolicy): readonly string[] {
  const kept = new Set(after.secrets.map(({ digest }) => digest));
  return before.secrets
    .filter(({ digest }) => !kept.has(digest))
    .map(({ digest }) => secretId(digest));
}
