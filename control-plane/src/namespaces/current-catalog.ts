/** The catalog of a namespace as far as the control plane knows its servers' lists. */
import { buildCatalog, type Catalog, type CatalogServer } from '@sluice/contract/catalog';
import type { ServerLists } from '@sluice/contract/lists';
import { createObjectStore } from '../configuration/object-store.ts';
import { SERVERS } from '../servers/server.ts';
import type { AllServerLists } from '../servers/server-lists.ts';
import type { Reader } from '../storage/configuration-database.ts';
import type { NamespaceConfig } from './namespace.ts';
import { namespacePolicy } from './namespace-policy.ts';

export interface CurrentCatalog {
  readonly catalog: Catalog;
  /** Enabled members whose server has not been listed yet. */
  readonly unknownServers: readonly string[];
}

export async function currentCatalog(
  namespace: { readonly name: string; readonly config: NamespaceConfig },
  known: AllServerLists,
  db: Reader,
): Promise<CurrentCatalog> {
  const servers = new Map<string, CatalogServer>();
  const lists = new Map<string, ServerLists>();
  const unknownServers: string[] = [];
  const store = createObjectStore(SERVERS);
  for (const member of namespace.config.members) {
    const server = await store.get(db, member.server);
    if (!server) continue;
    const { enabled, trust_annotations: trustAnnotations } = server.config;
    servers.set(member.server, { enabled, trustAnnotations });
    const latest = known.latest(member.server);
    if (latest) lists.set(member.server, latest);
    else if (enabled && member.enabled) unknownServers.push(member.server);
  }
  const rules = namespacePolicy(namespace.name, namespace.config);
  return { catalog: buildCatalog(rules, servers, lists), unknownServers };
}
