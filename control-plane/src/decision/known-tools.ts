/** What visible tool names stand for, as far as the sidecars have told: by the same rules that they apply. */
import { buildCatalog, type CatalogTool } from '@sluice/contract/catalog';
import type { ListedTool, ServerLists } from '@sluice/contract/lists';
import type { NamespaceRules, ServerRuntime } from '@sluice/contract/snapshot';
import type { PolicyChange } from './policy.ts';
import { policySteps } from './policy-steps.ts';

/** Of a server's list no more than names and grants hang on. */
export type ToolFacts = Pick<ListedTool, 'name' | 'annotations'>;

export interface ServerTools {
  readonly server: string;
  /** The server's revision (`ServerRuntime.revision`) that the list is of. */
  readonly revision: number;
  /** For clients that can do nothing for a server. */
  readonly tools: readonly ToolFacts[];
}

export interface KnownTools {
  apply(change: Pick<PolicyChange, 'servers' | 'namespaces' | 'full'>): void;
  listed(tools: ServerTools): void;
  /** The tool behind a visible name; undefined when nobody has it, or its server was not listed yet. */
  find(namespace: string, visibleName: string): CatalogTool | undefined;
}

type Tools = ReadonlyMap<string, CatalogTool>;

export function createKnownTools(): KnownTools {
  const servers = new Map<string, ServerRuntime>();
  const namespaces = new Map<string, NamespaceRules>();
  const lists = new Map<string, ServerTools>();
  /** By namespace; made when somebody asks. */
  const built = new Map<string, Tools>();

  const build = (rules: NamespaceRules): Tools => {
    const current = new Map<string, ServerLists>();
    for (const { server } of rules.members) {
      const listed = lists.get(server);
      if (listed && listed.revision === servers.get(server)?.revision) {
        current.set(server, { ...NO_LISTS, tools: listed.tools });
      }
    }
    return buildCatalog(rules, servers, current).tools;
  };
  return {
    apply(change) {
      for (const [name, server] of policySteps(change.servers, change.full, servers.keys())) {
        if (server) servers.set(name, server);
        else servers.delete(name);
        if (!server) lists.delete(name);
      }
      for (const [name, rules] of policySteps(change.namespaces, change.full, namespaces.keys())) {
        if (rules) namespaces.set(name, rules);
        else namespaces.delete(name);
      }
      // Most changes are of keys and limits: they leave all names as they are.
      if (change.full || change.servers || change.namespaces) built.clear();
    },
    listed(tools) {
      lists.set(tools.server, tools);
      for (const [name, { members }] of namespaces) {
        if (members.some(({ server }) => server === tools.server)) built.delete(name);
      }
    },
    find(namespace, visibleName) {
      const rules = namespaces.get(namespace);
      if (!rules) return undefined;
      const tools = built.get(namespace) ?? build(rules);
      built.set(namespace, tools);
      return tools.get(visibleName);
    },
  };
}

const NO_LISTS = { prompts: [], resources: [], templates: [], capabilities: {} } as const;
