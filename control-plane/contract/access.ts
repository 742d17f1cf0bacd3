/** What a key may reach. One rule for list and call, applied to the original (server, name). */
import { matchesAnyGlob, matchesGlob } from './glob.ts';

/** Rules of a key, shared by all keys that have the same ones. Globs match `<server>/<original name>`. */
export interface RuleSet {
  /** Any entry makes everything else invisible. */
  readonly allow: readonly string[];
  /** Wins over `allow`. */
  readonly deny: readonly string[];
  /** Only tools whose operator-set `readOnlyHint` is true; prompts and resources are read by nature. */
  readonly readOnly: boolean;
}

/** One thing of a server. Resources and templates are granted by server. */
export interface Target {
  readonly kind: 'tool' | 'prompt' | 'resource';
  readonly server: string;
  /** Original name at the server; for resources the empty string. */
  readonly name: string;
  /** Whether the operator (or a trusted server) says that the tool only reads. */
  readonly readOnlyHint: boolean;
}

export type AccessRefusal = 'not_granted' | 'read_only';

export const UNRESTRICTED: RuleSet = { allow: [], deny: [], readOnly: false };

/** Why `rules` refuse `target`, or undefined when they allow it. Deny wins. */
export function refusalFor(rules: RuleSet, target: Target): AccessRefusal | undefined {
  if (target.kind === 'resource') return resourceRefusal(rules, target.server);
  const name = `${target.server}/${target.name}`;
  if (matchesAnyGlob(rules.deny, name)) return 'not_granted';
  if (rules.allow.length > 0 && !matchesAnyGlob(rules.allow, name)) return 'not_granted';
  if (rules.readOnly && target.kind === 'tool' && !target.readOnlyHint) return 'read_only';
  return undefined;
}

/**
 * Resources are granted by server: denied when a deny glob covers the whole server, allowed when an
 * allow glob does. A glob for one tool says nothing about resources, so an allow list of tools
 * leaves resources out ("a key with any allow glob sees nothing else of any kind").
 */
function resourceRefusal(rules: RuleSet, server: string): AccessRefusal | undefined {
  const covers = (glob: string) => coversServer(glob, server);
  if (rules.deny.some(covers)) return 'not_granted';
  if (rules.allow.length > 0 && !rules.allow.some(covers)) return 'not_granted';
  return undefined;
}

/** Whether `glob` matches every name of `server`: it matches the empty one, and its end is open. */
function coversServer(glob: string, server: string): boolean {
  return glob.endsWith('*') && matchesGlob(glob, `${server}/`);
}
