/** Where a request stands: its endpoint, that endpoint's namespace, and the rules of its principal. */
import type { RuleSet } from '@sluice/contract/access';
import {
  type EndpointRuntime,
  entryOf,
  type NamespaceRules,
  type Snapshot,
} from '@sluice/contract/snapshot';
import type { Exchange } from './exchange.ts';

export interface Place {
  readonly endpoint: EndpointRuntime;
  readonly namespace: NamespaceRules;
  readonly rules: RuleSet;
}

/** Undefined when one of them is gone since the decision. */
export function placeOf(
  snapshot: Snapshot,
  { endpoint: path, claims }: Pick<Exchange, 'endpoint' | 'claims'>,
): Place | undefined {
  const endpoint = entryOf(snapshot.endpoints, path);
  const namespace = endpoint?.enabled && entryOf(snapshot.namespaces, endpoint.namespace);
  const rules = entryOf(snapshot.ruleSets, claims.ruleSet);
  return endpoint && namespace && rules ? { endpoint, namespace, rules } : undefined;
}
