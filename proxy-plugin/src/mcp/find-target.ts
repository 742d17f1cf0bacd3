/** What a call is about: the original behind a visible name or URI, if the principal may use it. */
import type { RuleSet } from '@sluice/contract/access';
import type { Catalog } from '@sluice/contract/catalog';
import { entryRefusal, findResource, resourceRefusal } from '@sluice/contract/visible-to';

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
  readonly write: boolean;
}

export type FoundTarget = AllowedTarget | RefusedTarget;

export interface AllowedTarget {
  readonly allowed: true;
  readonly visibleName: string;
  readonly target: Target;
}

/** `reason` and `target` are for the record: the client is told no more than "unknown". */
export interface RefusedTarget {
  readonly allowed: false;
  readonly visibleName: string;
  readonly target?: Target;
  readonly reason: 'unknown_name' | 'not_granted' | 'read_only';
}

/** One rule for list and call: the contract's. */
export function findTarget(
  catalog: Catalog,
  rules: RuleSet,
  method: CallMethod,
  visibleName: string,
): FoundTarget {
  if (method === 'resources/read') return findReadable(catalog, rules, visibleName);
  const entries = method === 'tools/call' ? catalog.tools : catalog.prompts;
  const entry = entries.get(visibleName);
  if (!entry) return { allowed: false, visibleName, reason: 'unknown_name' };
  const { server, name } = entry;
  const write = entry.kind === 'tool' && !entry.readOnlyHint;
  return judged(visibleName, { server, name, write }, entryRefusal(rules, entry));
}

function findReadable(catalog: Catalog, rules: RuleSet, visibleName: string): FoundTarget {
  const resource = findResource(catalog, visibleName);
  if (!resource) return { allowed: false, visibleName, reason: 'unknown_name' };
  const { server, uri } = resource;
  return judged(visibleName, { server, name: uri, write: false }, resourceRefusal(rules, server));
}

function judged(
  visibleName: string,
  target: Target,
  reason: 'not_granted' | 'read_only' | undefined,
): FoundTarget {
  return reason
    ? { allowed: false, visibleName, target, reason }
    : { allowed: true, visibleName, target };
}
