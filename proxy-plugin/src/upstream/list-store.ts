/** The last good lists of every server per capability profile: fetched once, refreshed when they change. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EMPTY_PROFILE, type ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Caller } from './upstream.ts';

export interface ListStoreDeps {
  /** `former` are the last good ones. Rejects with `UpstreamError`. */
  fetch(
    server: ServerRuntime,
    caller: Caller,
    former: ServerLists | undefined,
  ): Promise<ServerLists>;
  /** Lists that are new or differ from those before. */
  publish(server: ServerRuntime, profile: string, lists: ServerLists): void;
  /** Unix milliseconds. */
  now(): number;
}

export interface ListStore {
  /** The lists known, refreshed soon if they are old; else fetched now. Rejects with `UpstreamError`. */
  get(server: ServerRuntime, caller: Caller): Promise<ServerLists>;
  /** Fetches now, or joins the fetch that runs. The last good lists stay if it fails. */
  refresh(server: ServerRuntime, caller: Caller): Promise<ServerLists>;
  /** The profiles of clients that lists are kept for. */
  profiles(server: ServerRuntime): readonly string[];
  /** The server said that its lists changed: refreshes soon, once for many such messages. */
  changed(server: ServerRuntime, caller: Caller): void;
  /** Resolves when what the server said had changed is fetched; forgets what it says without end. */
  settle(server: ServerRuntime, caller: Caller): Promise<void>;
  /** Forgets all lists of the server but those of `revision`. */
  forget(name: string, revision: number | undefined): void;
  close(): void;
}

/** A storm of change messages makes one refresh in this time. */
const SETTLE_MS = 100;
/** Servers that tell of a change whenever they are listed are believed so often. */
const MAX_SETTLES = 3;
/** Older lists are served, and fetched again behind the back of who asked; after a failure not sooner. */
const FRESH_MS = 60_000;
/** Profiles remembered per server; the oldest but `EMPTY_PROFILE`, which the gateway itself has, is forgotten. */
const MAX_PROFILES = 16;

interface Entry {
  readonly server: ServerRuntime;
  readonly profile: string;
  lists?: ServerLists;
  /** Unix milliseconds; of the latest fetch, failed or not. */
  askedAt: number;
  fetching?: Promise<ServerLists> | undefined;
  timer?: NodeJS.Timeout | undefined;
  /** The latest fetch because of a change. */
  refetching?: Promise<unknown>;
}

export function createListStore(deps: ListStoreDeps): ListStore {
  const entries = createEntries();

  function refresh(server: ServerRuntime, caller: Caller): Promise<ServerLists> {
    const entry = entries.of(server, caller.profile);
    entry.fetching ??= fetchInto(deps, entry, caller, () => entries.has(entry)).finally(() => {
      entry.fetching = undefined;
    });
    return entry.fetching;
  }

  async function refetch(entry: Entry, caller: Caller): Promise<void> {
    // A fetch that runs may have read its pages before the change.
    await Promise.allSettled([entry.fetching]);
    if (entries.has(entry)) await refresh(entry.server, caller);
  }

  return {
    async get(server, caller) {
      const entry = entries.of(server, caller.profile);
      if (!entry.lists) return refresh(server, caller);
      if (deps.now() > entry.askedAt + FRESH_MS) refresh(server, caller).catch(() => {});
      return entry.lists;
    },
    refresh,
    profiles: ({ name }) => entries.profiles(name),
    changed(server, caller) {
      const entry = entries.of(server, caller.profile);
      entry.timer ??= setTimeout(() => {
        entry.timer = undefined;
        entry.refetching = refetch(entry, caller).catch(() => {});
      }, SETTLE_MS).unref();
    },
    async settle(server, caller) {
      const entry = entries.of(server, caller.profile);
      for (let times = 0; times < MAX_SETTLES; times += 1) {
        if (entry.timer) await sleep(SETTLE_MS);
        await entry.refetching;
      }
      calm(entry);
    },
    forget: (name, revision) => entries.forget(name, revision),
    close: () => entries.close(),
  };
}

function createEntries() {
  /** By server name, then by profile. */
  const servers = new Map<string, Map<string, Entry>>();
  return {
    of(server: ServerRuntime, profile: string): Entry {
      const profiles = servers.get(server.name) ?? new Map<string, Entry>();
      servers.set(server.name, profiles);
      const found = profiles.get(profile);
      if (found?.server.revision === server.revision) return found;
      if (found) calm(found);
      const entry: Entry = { server, profile, askedAt: 0 };
      profiles.set(profile, entry);
      if (profiles.size > MAX_PROFILES) evict(profiles);
      return entry;
    },
    has: (entry: Entry) => servers.get(entry.server.name)?.get(entry.profile) === entry,
    profiles: (name: string) => [...(servers.get(name)?.keys() ?? [])],
    forget(name: string, revision: number | undefined): void {
      const profiles = servers.get(name);
      for (const [profile, entry] of profiles ?? []) {
        if (entry.server.revision === revision) continue;
        calm(entry);
        profiles?.delete(profile);
      }
      if (profiles?.size === 0) servers.delete(name);
    },
    close(): void {
      for (const profiles of servers.values()) {
        for (const entry of profiles.values()) calm(entry);
      }
    },
  };
}

function evict(profiles: Map<string, Entry>): void {
  const oldest = [...profiles.values()].find(({ profile }) => profile !== EMPTY_PROFILE);
  if (!oldest) return;
  calm(oldest);
  profiles.delete(oldest.profile);
}

function calm(entry: Entry): void {
  clearTimeout(entry.timer);
  entry.timer = undefined;
}

async function fetchInto(
  deps: ListStoreDeps,
  entry: Entry,
  caller: Caller,
  isKept: () => boolean,
): Promise<ServerLists> {
  entry.askedAt = deps.now();
  const lists = await deps.fetch(entry.server, caller, entry.lists);
  const isNew = JSON.stringify(lists) !== JSON.stringify(entry.lists);
  entry.lists = lists;
  // Meanwhile the server may have changed or gone; what came after must not be overwritten.
  if (isNew && isKept()) deps.publish(entry.server, caller.profile, lists);
  return lists;
}
