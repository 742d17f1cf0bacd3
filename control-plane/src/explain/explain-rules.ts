/** The third step: the rules of the key, on the original name, and which of them decides. */
import type { RuleSet } from '@sluice/contract/access';
import { matchesGlob } from '@sluice/contract/glob';
import { type CatalogEntry, entryRefusal } from '@sluice/contract/visible-to';
import type { ExplanationStep } from './explanation.ts';

export function explainRules(rules: RuleSet, entry: CatalogEntry): ExplanationStep {
  const reason = entryRefusal(rules, entry);
  const message = messageFor(rules, entry, reason);
  if (reason) return { step: 'rules', outcome: 'refuse', reason, message };
  return { step: 'rules', outcome: 'pass', message };
}

function messageFor(
  rules: RuleSet,
  entry: CatalogEntry,
  reason: ReturnType<typeof entryRefusal>,
): string {
  if (reason === 'read_only') {
    return 'The key is read-only, and nobody the gateway believes says that this tool only reads: set readOnlyHint in the namespace, or trust_annotations on the server.';
  }
  if (entry.kind === 'resource' || entry.kind === 'template') return resourceMessage(entry, reason);
  const name = `${entry.server}/${entry.name}`;
  const matching = (globs: readonly string[]) => globs.find((glob) => matchesGlob(glob, name));
  const denied = matching(rules.deny);
  if (denied !== undefined) return `"deny" of the key has "${denied}", which covers ${name}.`;
  if (reason) return `"allow" of the key has nothing that covers ${name}.`;
  const allowed = matching(rules.allow);
  if (allowed === undefined) return 'The key has no rules against it.';
  return `"allow" of the key has "${allowed}", which covers ${name}.`;
}

function resourceMessage(
  { server }: CatalogEntry,
  reason: ReturnType<typeof entryRefusal>,
): string {
  return reason
    ? `The key does not reach resources of "${server}": they need an "allow" for the whole server, such as "${server}/*", and no "deny" for it.`
    : `The key reaches resources of "${server}".`;
}
