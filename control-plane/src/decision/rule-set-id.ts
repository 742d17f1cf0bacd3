/** Names of rule sets: keys with the same rules share one, and the decision header carries only the name. */
import { hash } from 'node:crypto';
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';

/** 72 bits: no two rule sets of an installation meet. */
const ID_LENGTH = 12;
/** Rules come from configuration; the cap guards against churn. */
const MAX_KNOWN = 20_000;
const known = new Map<string, string>();

/** The order and repetition of globs mean nothing, so they do not change the id. */
export function ruleSetId({ allow, deny, readOnly }: RuleSet): string {
  const canonical = JSON.stringify([distinct(allow), distinct(deny), readOnly]);
  const id = known.get(canonical) ?? hash('sha256', canonical, 'base64url').slice(0, ID_LENGTH);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(canonical, id);
  return id;
}

/** Rules of those who come without a key. */
export const OPEN_RULE_SET = ruleSetId(UNRESTRICTED);

function distinct(globs: readonly string[]): readonly string[] {
  return globs.length < 2 ? globs : [...new Set(globs)].sort();
}
