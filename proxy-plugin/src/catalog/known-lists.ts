/** The lists that catalogs are made from: by server and profile, with stand-ins for those that could not be fetched yet. */
import { EMPTY_PROFILE, type ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';

export interface KnownLists {
  /** Grows with each change. */
  readonly version: number;
  /** Those that the server gave for the profile. */
  own(server: ServerRuntime, profile: string): ServerLists | undefined;
  /**
   * The same, or else what may be shown instead: those for clients that can do nothing, or the last good
   * ones of the gateway's former life.
   */
  best(server: ServerRuntime, profile: string): ServerLists | undefined;
  /** Whether there are own ones for clients of any profile. */
  isListed(server: ServerRuntime): boolean;
  update(server: ServerRuntime, profile: string, lists: ServerLists): void;
  remember(server: string, revision: number, lists: ServerLists): void;
  /** The server is gone. */
  forget(server: string): void;
}

interface Dated {
  /** Of the server's configuration. */
  readonly revision: number;
  readonly lists: ServerLists;
}

export function createKnownLists(): KnownLists {
  /** By server, then by profile. */
  const known = new Map<string, Map<string, Dated>>();
  const remembered = new Map<string, Dated>();
  let version = 0;
  const current = (dated: Dated | undefined, { revision }: ServerRuntime) =>
    dated?.revision === revision ? dated.lists : undefined;
  const own = (server: ServerRuntime, profile: string) =>
    current(known.get(server.name)?.get(profile), server);
  return {
    get version() {
      return version;
    },
    own,
    best: (server, profile) =>
      own(server, profile) ??
      own(server, EMPTY_PROFILE) ??
      current(remembered.get(server.name), server),
    isListed: ({ name, revision }) =>
      [...(known.get(name)?.values() ?? [])].some((dated) => dated.revision === revision),
    update({ name, revision }, profile, lists) {
      const profiles = known.get(name) ?? new Map<string, Dated>();
      if (profiles.get(profile)?.lists === lists) return;
      known.set(name, profiles.set(profile, { revision, lists }));
      if (profile === EMPTY_PROFILE) remembered.delete(name);
      version += 1;
    },
    remember(server, revision, lists) {
      remembered.set(server, { revision, lists });
      version += 1;
    },
    forget(server) {
      known.delete(server);
      remembered.delete(server);
    },
  };
}
