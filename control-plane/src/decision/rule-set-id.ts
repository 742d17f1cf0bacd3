/** Names of rule sets: keys with the same rules share one, and the decision header carries only the name. */
import { hash } from 'node:crypto';
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';

/** 72 bits: no two rule sets of an installation meet. */
const ID_LENGTH = 12;

/** The order and repetition of globs mean nothing, so they do not change the id. */
export function ruleSetId({ allow, deny, readOnly }: RuleSet): string {
  const canonical = JSON.stringify([distinct(allow), distinct(deny), readOnly]);
  return hash('sha256', canonical, 'base64url').slice(0, ID_LENGTH);
}

/** Rules of those who come without a key. */
export const OPEN_RULE_SET = ruleSetId(UNRESTRICTED);

function distinct(globs: readonly string[]): readonly string[] {
  return globs.length < 2 ? globs : [...new Set(globs)].sort();
}
