/** The live catalogs: one per namespace and capability profile, rebuilt when rules or lists change. */
import { buildCatalog, type Catalog } from '@sluice/contract/catalog';
import type { ServerLists } from '@sluice/contract/lists';
import {
  entryOf,
  type NamespaceRules,
  type ServerRuntime,
  type Snapshot,
} from '@sluice/contract/snapshot';
import { gatewayCaller } from '../upstream/gateway-caller.ts';
import type { Caller, Upstreams } from '../upstream/upstream.ts';
import { createFirstListings } from './first-listings.ts';
import { createKnownLists } from './known-lists.ts';

/** A catalog and what it was built from. */
export interface NamespaceView {
  readonly catalog: Catalog;
  /** By server; see `KnownLists.best`. */
  readonly lists: ReadonlyMap<string, ServerLists>;
  /** Members that are on and that nobody could list yet for clients of this profile. */
  readonly unlisted: readonly ServerRuntime[];
}

export interface Catalogs {
  /** What is known of a namespace at this moment. */
  known(rules: NamespaceRules, profile: string): NamespaceView;
  /**
   * The same, after servers that are new were given a moment to be listed, all at once. One that is
   * dead or slow is left out, and nobody waits for it a second time. Old lists of servers over HTTP
   * are fetched again meanwhile, for those who ask later.
   */
  settled(rules: NamespaceRules, caller: Caller): Promise<NamespaceView>;
  /** A server's lists have arrived or changed. */
  update(server: ServerRuntime, profile: string, lists: ServerLists): void;
  /** What a server listed last, in the gateway's former life: shown until it lists again. */
  remember(server: string, revision: number, lists: ServerLists): void;
  /** A server is new, another one, or gone (`undefined`). */
  configure(name: string, server: ServerRuntime | undefined): void;
}

export interface CatalogsDeps {
  readonly snapshot: () => Snapshot;
  readonly upstreams: Pick<Upstreams, 'lists'>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

interface BuiltView extends NamespaceView {
  /** Members that were listed and will not say when that changes. */
  readonly silent: readonly ServerRuntime[];
  readonly servers: Snapshot['servers'];
  readonly listsVersion: number;
}

export function createCatalogs({ snapshot, upstreams, now }: CatalogsDeps): Catalogs {
  const known = createKnownLists();
  /** Rules are new values when they change, so views of former ones go by themselves. */
  const built = new WeakMap<NamespaceRules, Map<string, BuiltView>>();
  const firstListings = createFirstListings({ now, isListed: known.isListed });

  const build = (rules: NamespaceRules, profile: string): BuiltView => {
    const { servers } = snapshot();
    const members = enabledServers(rules, servers);
    const lists = new Map<string, ServerLists>();
    for (const server of members) {
      const best = known.best(server, profile);
      if (best) lists.set(server.name, best);
    }
    const isOwn = (server: ServerRuntime) => known.own(server, profile) !== undefined;
    const catalog = buildCatalog(rules, new Map(Object.entries(servers)), lists);
    return { catalog, lists, ...sorted(members, isOwn), servers, listsVersion: known.version };
  };
  const update = (server: ServerRuntime, profile: string, lists: ServerLists) => {
    // A listing that took long may be of a former revision.
    const { revision } = entryOf(snapshot().servers, server.name) ?? {};
    if (revision === server.revision) known.update(server, profile, lists);
  };
  const viewOf = (rules: NamespaceRules, profile: string): BuiltView => {
    const profiles = built.get(rules) ?? new Map<string, BuiltView>();
    const last = profiles.get(profile);
    if (last?.listsVersion === known.version && last.servers === snapshot().servers) return last;
    const view = build(rules, profile);
    built.set(rules, profiles.set(profile, view));
    return view;
  };
  /** Lists are everybody's: a client that leaves must not end the upstream that tells them. */
  const listsFor = (server: ServerRuntime, caller: Caller) =>
    upstreams.lists(server, caller.isPassing ? gatewayCaller(server, caller.profile) : caller);
  return {
    known: viewOf,
    async settled(rules, caller) {
      const view = viewOf(rules, caller.profile);
      // Asking is enough to have old lists fetched again; the new ones come through `update`.
      for (const server of view.silent) listsFor(server, caller).catch(() => {});
      if (view.unlisted.length === 0) return view;
      const list = async (server: ServerRuntime) =>
        update(server, caller.profile, await listsFor(server, caller));
      await firstListings.settle(view.unlisted, caller.profile, list);
      return viewOf(rules, caller.profile);
    },
    update,
    remember: known.remember,
    configure(name, server) {
      firstListings.configure(name, server);
      if (!server) known.forget(name);
    },
  };
}

function enabledServers(rules: NamespaceRules, servers: Snapshot['servers']): ServerRuntime[] {
  return rules.members.flatMap((member) => {
    const server = entryOf(servers, member.server);
    return member.enabled && server?.enabled ? [server] : [];
  });
}

function sorted(members: readonly ServerRuntime[], isOwn: (server: ServerRuntime) => boolean) {
  return {
    unlisted: members.filter((server) => !isOwn(server)),
    silent: members.filter((server) => isSilent(server) && isOwn(server)),
  };
}

/** Not every server over HTTP tells of changes between calls. */
function isSilent({ transport }: ServerRuntime): boolean {
  return transport !== 'stdio';
}
