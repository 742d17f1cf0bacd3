/** The last good lists of each server, in memory: for catalogs, explain and the API. */
import type { ListsOfServer } from '@sluice/contract/frames';
import type { ServerLists } from '@sluice/contract/lists';

export interface KnownLists {
  /** The server's revision (`ServerRuntime.revision`) that the lists are of. */
  readonly revision: number;
  /** By capability profile of the clients they were listed for, the latest last. */
  readonly byProfile: ReadonlyMap<string, ServerLists>;
}

export interface AllServerLists {
  update(server: string, revision: number, profile: string, lists: ServerLists): void;
  get(server: string): KnownLists | undefined;
  /**
   * The lists of the latest profile, as an approximation of what any client sees. After a change of
   * the server those of its former revision, until it has been listed anew.
   */
  latest(server: string): ServerLists | undefined;
  /** Of each server those of the latest profile. */
  all(): readonly ListsOfServer[];
  /** The server was deleted: one of the same name is another. */
  forget(server: string): void;
}

/** Clients can make up profiles; those not heard of for longest are forgotten. */
const MOST_PROFILES = 16;

export function createServerLists(): AllServerLists {
  const known = new Map<string, KnownLists>();
  return {
    update(server, revision, profile, lists) {
      const before = known.get(server);
      if (before && before.revision > revision) return;
      const byProfile = new Map(before?.revision === revision ? before.byProfile : []);
      byProfile.delete(profile);
      byProfile.set(profile, lists);
      const [oldest] = byProfile.keys();
      if (oldest !== undefined && byProfile.size > MOST_PROFILES) byProfile.delete(oldest);
      known.set(server, { revision, byProfile });
    },
    get: (server) => known.get(server),
    latest: (server) => [...(known.get(server)?.byProfile.values() ?? [])].at(-1),
    all: () =>
      [...known].flatMap(([server, { revision, byProfile }]) =>
        [...byProfile].slice(-1).map(([profile, lists]) => ({ server, revision, profile, lists })),
      ),
    forget(server) {
      known.delete(server);
    },
  };
}
