/** What a call is about: the original behind a visible name or URI, if the principal may use it. */
import type { RuleSet } from '@sluice/contract/access';
import type { Catalog } from '@sluice/contract/catalog';
import { entryRefusal, findResource, resourceRefusal } from '@sluice/contract/visible-to';
import { type ClientMessage, stringField } from '../message/client-message.ts';

export const CALL_METHODS = {
  'tools/call': { kind: 'tool', field: 'name' },
  'prompts/get': { kind: 'prompt', field: 'name' },
  'resources/read': { kind: 'resource', field: 'uri' },
} as const;

export type CallMethod = keyof typeof CALL_METHODS;

export interface Target {
  readonly server: string;
  /** Original name or URI. */
  readonly name: string;
  readonly visibleName: string;
  readonly write: boolean;
}

export type FoundTarget =
  | { readonly found: true; readonly target: Target }
  /** `reason` and `target` are for the record: the client is told no more than "unknown". */
  | {
      readonly found: false;
      readonly visibleName: string;
      readonly reason: 'unknown_name' | 'not_granted' | 'read_only';
      readonly target?: Target;
    };

/** Looks up the name that `message` calls. One rule for list and call: the contract's. */
export function findTarget(
  catalog: Catalog,
  rules: RuleSet,
  method: CallMethod,
  message: ClientMessage,
): FoundTarget {
  const { kind, field } = CALL_METHODS[method];
  const visibleName = stringField(message, field);
  if (visibleName === undefined) return { found: false, visibleName: '', reason: 'unknown_name' };
  if (kind === 'resource') return findReadable(catalog, rules, visibleName);
  const entry = kind === 'tool' ? catalog.tools.get(visibleName) : catalog.prompts.get(visibleName);
  if (!entry) return { found: false, visibleName, reason: 'unknown_name' };
  const { server, name } = entry;
  const write = entry.kind === 'tool' && !entry.readOnlyHint;
  const target = { server, name, visibleName, write };
  const refusal = entryRefusal(rules, entry);
  if (refusal) return { found: false, visibleName, reason: refusal, target };
  return { found: true, target };
}

function findReadable(catalog: Catalog, rules: RuleSet, visibleName: string): FoundTarget {
  const resource = findResource(catalog, visibleName);
  if (!resource) return { found: false, visibleName, reason: 'unknown_name' };
  const target = { server: resource.server, name: resource.uri, visibleName, write: false };
  const refusal = resourceRefusal(rules, resource.server);
  if (refusal) return { found: false, visibleName, reason: refusal, target };
  return { found: true, target };
}
