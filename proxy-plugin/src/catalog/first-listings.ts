/** Lists servers that nobody could list yet: requests wait for a first try, of one that fails only while it is new. */
import type { ServerRuntime } from '@sluice/contract/snapshot';

export interface FirstListings {
  /** Resolves when every server was listed, has failed, or has been known for a while. Never rejects. */
  settle(
    servers: readonly ServerRuntime[],
    profile: string,
    list: (server: ServerRuntime) => Promise<void>,
  ): Promise<void>;
  /** A server is new, another one, or gone (`undefined`). */
  configure(name: string, server: ServerRuntime | undefined): void;
}

interface Attempt {
  readonly revision: number;
  /** Settles with the first try, or when requests have waited long enough for it. */
  readonly firstTry: Promise<void>;
  running: boolean;
  /** Unix milliseconds. */
  notBefore: number;
}

/** Longer than most servers take to start, shorter than clients wait. Counted from the configuration on, until it was listed. */
const NEW_FOR_MS = 5_000;
/** Between two tries of a server that could not be listed. */
const RETRY_AFTER_MS = 5_000;

export interface FirstListingsDeps {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Whether the server could be listed for clients of some profile: it is no dead one. */
  readonly isListed: (server: ServerRuntime) => boolean;
}

export function createFirstListings({ now, isListed }: FirstListingsDeps): FirstListings {
  /** By server, then by profile. */
  const attempts = new Map<string, Map<string, Attempt>>();
  /** Unix milliseconds, by server. */
  const knownSince = new Map<string, number>();

  const attemptOf = (
    server: ServerRuntime,
    profile: string,
    list: () => Promise<void>,
  ): Attempt => {
    const profiles = attempts.get(server.name) ?? new Map<string, Attempt>();
    attempts.set(server.name, profiles);
    const last = profiles.get(profile);
    if (last?.revision === server.revision) {
      if (!last.running && last.notBefore <= now()) void run(last, list);
      return last;
    }
    const { promise: firstTry, resolve } = Promise.withResolvers<void>();
    const attempt: Attempt = { revision: server.revision, firstTry, running: true, notBefore: 0 };
    profiles.set(profile, attempt);
    const age = isListed(server) ? 0 : now() - (knownSince.get(server.name) ?? now());
    const timer = setTimeout(resolve, Math.max(0, NEW_FOR_MS - age));
    void run(attempt, list).then(() => {
      clearTimeout(timer);
      resolve();
    });
    return attempt;
  };
  /** What went wrong is in the server's status. */
  const run = async (attempt: Attempt, list: () => Promise<void>): Promise<void> => {
    attempt.running = true;
    await list().catch(() => {});
    attempt.running = false;
    attempt.notBefore = now() + RETRY_AFTER_MS;
  };
  return {
    async settle(servers, profile, list) {
      const tries = servers.map(
        (server) => attemptOf(server, profile, () => list(server)).firstTry,
      );
      await Promise.all(tries);
    },
    configure(name, server) {
      attempts.delete(name);
      if (server) knownSince.set(name, now());
      else knownSince.delete(name);
    },
  };
}
