/** The live catalogs: one per namespace and capability profile, rebuilt when rules or lists change. */
import { buildCatalog, type Catalog } from '@sluice/contract/catalog';
import type { ServerLists } from '@sluice/contract/lists';
import type { NamespaceRules, ServerRuntime, Snapshot } from '@sluice/contract/snapshot';
import type { Caller, Upstreams } from '../upstream/upstream.ts';

export interface Catalogs {
  /**
   * The catalog of a namespace. Servers that nobody has listed yet are listed now, all at once and
   * each for a bounded time: one that is dead or slow is left out and does not hold up the others.
   */
  of(rules: NamespaceRules, caller: Caller): Promise<Catalog>;
  /** A server's lists have arrived or changed. */
  update(server: string, revision: number, profile: string, lists: ServerLists): void;
}

interface KnownLists {
  readonly revision: number;
  readonly lists: ServerLists;
}

interface BuiltCatalog {
  readonly rules: NamespaceRules;
  readonly servers: Snapshot['servers'];
  readonly listsVersion: number;
  readonly catalog: Catalog;
}

/** Longer than a server takes to start, shorter than clients wait. */
const LIST_DEADLINE_MS = 5_000;
/** A server that failed to list is not waited for again so soon. */
const RETRY_AFTER_MS = 5_000;

export function createCatalogs(
  snapshot: () => Snapshot,
  upstreams: Pick<Upstreams, 'lists'>,
  now: () => number,
): Catalogs {
  const known = new Map<string, KnownLists>();
  const built = new Map<string, BuiltCatalog>();
  const listing = new Map<string, Promise<void>>();
  const notBefore = new Map<string, number>();
  let listsVersion = 0;

  const listsOf = (server: ServerRuntime, profile: string): ServerLists | undefined => {
    const entry = known.get(listKey(server.name, profile));
    return entry?.revision === server.revision ? entry.lists : undefined;
  };
  const update: Catalogs['update'] = (server, revision, profile, lists) => {
    known.set(listKey(server, profile), { revision, lists });
    listsVersion += 1;
  };
  /** Settles when the server was listed, failed, or took too long; its listing goes on then. */
  const list = (server: ServerRuntime, caller: Caller): Promise<void> => {
    const key = listKey(server.name, caller.profile);
    if ((notBefore.get(key) ?? 0) > now()) return Promise.resolve();
    const underWay = listing.get(key) ?? start(server, caller, key);
    return withDeadline(underWay, () => notBefore.set(key, now() + RETRY_AFTER_MS));
  };
  const start = (server: ServerRuntime, caller: Caller, key: string): Promise<void> => {
    const attempt = upstreams
      .lists(server, caller)
      .then((lists) => update(server.name, server.revision, caller.profile, lists))
      .catch(() => void notBefore.set(key, now() + RETRY_AFTER_MS))
      .finally(() => listing.delete(key));
    listing.set(key, attempt);
    return attempt;
  };
  return {
    update,
    async of(rules, caller) {
      const { servers } = snapshot();
      const key = listKey(rules.name, caller.profile);
      const last = built.get(key);
      const fits = last?.rules === rules && last.servers === servers;
      if (fits && last.listsVersion === listsVersion && !mayGrow(last.catalog)) return last.catalog;
      const members = enabledServers(rules, servers);
      const unlisted = members.filter((server) => !listsOf(server, caller.profile));
      if (unlisted.length > 0) await Promise.all(unlisted.map((server) => list(server, caller)));
      else if (fits && last.listsVersion === listsVersion) return last.catalog;
      const lists = new Map<string, ServerLists>();
      for (const server of members) {
        const own = listsOf(server, caller.profile);
        if (own) lists.set(server.name, own);
      }
      const catalog = buildCatalog(rules, new Map(Object.entries(servers)), lists);
      if (lists.size < members.length) growing.add(catalog);
      built.set(key, { rules, servers, listsVersion, catalog });
      return catalog;
    },
  };
}

/** Catalogs that lack a server which may still be listed. */
const growing = new WeakSet<Catalog>();

function mayGrow(catalog: Catalog): boolean {
  return growing.has(catalog);
}

function listKey(name: string, profile: string): string {
  return `${name}\n${profile}`;
}

function enabledServers(rules: NamespaceRules, servers: Snapshot['servers']): ServerRuntime[] {
  return rules.members.flatMap((member) => {
    const server = servers[member.server];
    return member.enabled && server?.enabled ? [server] : [];
  });
}

async function withDeadline(work: Promise<void>, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onLate();
      resolve();
    }, LIST_DEADLINE_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
