/** Starts and lists servers without a caller: when they are configured, when asked to, and again while they are down. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { ListStore } from './list-store.ts';
import { EMPTY_PROFILE } from './profile-of.ts';
import { createTurns } from './turns.ts';
import type { Caller } from './upstream.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export interface BackgroundSyncDeps {
  readonly pool: UpstreamPool;
  readonly lists: ListStore;
  /** 0 up to 1, for jitter. */
  random(): number;
}

export interface BackgroundSync {
  /** Takes on a configuration. False when nothing changed. */
  configure(name: string, server: ServerRuntime | undefined): boolean;
  /** Starts the server now and lists it. Rejects with `UpstreamError`. */
  sync(server: ServerRuntime): Promise<void>;
  close(): void;
}

/** Starts that go on at once by themselves: each costs a process and its start-up time. */
const CONCURRENT = 2;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

export function createBackgroundSync({ pool, lists, random }: BackgroundSyncDeps): BackgroundSync {
  const configured = new Map<string, ServerRuntime>();
  const retries = new Map<string, NodeJS.Timeout>();
  const inTurn = createTurns(CONCURRENT);

  async function sync(server: ServerRuntime): Promise<void> {
    const caller = gatewayCaller(server);
    pool.forgive(server, caller);
    try {
      await lists.refresh(server, caller);
    } finally {
      // Nobody else can use this upstream, unless the server is shared: then it serves the first caller.
      pool.endSession(caller.session);
    }
  }

  function attempt(server: ServerRuntime, tries: number): void {
    inTurn(async () => {
      if (configured.get(server.name) !== server) return;
      await sync(server).catch(() => retryLater(server, tries + 1));
    });
  }

  /** Its status says already what failed. */
  function retryLater(server: ServerRuntime, tries: number): void {
    if (configured.get(server.name) !== server) return;
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LONGEST_RETRY_MS);
    const timer = setTimeout(() => attempt(server, tries), delayMs * (0.75 + random() / 2));
    retries.set(server.name, timer.unref());
  }

  return {
    configure(name, server) {
      const before = configured.get(name);
      if (before?.revision === server?.revision && before?.enabled === server?.enabled)
        return false;
      clearTimeout(retries.get(name));
      retries.delete(name);
      if (server) configured.set(name, server);
      else configured.delete(name);
      if (server?.enabled) attempt(server, 0);
      return true;
    },
    sync,
    close() {
      configured.clear();
      for (const timer of retries.values()) clearTimeout(timer);
    },
  };
}

/** A caller that is nobody: it shares an upstream with no client unless the server's isolation is `shared`. */
function gatewayCaller(server: ServerRuntime): Caller {
  return {
    principal: 'gateway',
    authenticated: false,
    session: `sync of ${server.name}`,
    headers: {},
    profile: EMPTY_PROFILE,
  };
}
