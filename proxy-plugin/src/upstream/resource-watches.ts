/** Resources that are watched at upstreams: set up again when an upstream is another one, and kept as long as they are wanted. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { backOffMs, type Pauses } from './back-off.ts';
import { isolationKey } from './isolation-key.ts';
import type { OpenedUpstream } from './open-upstream.ts';
import { unsharedHeaders } from './unshared-headers.ts';
import type { Caller, Watcher } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamPool } from './upstream-pool.ts';
import { WatchedUri } from './watched-uri.ts';

export interface ResourceWatchesDeps {
  readonly pool: Pick<UpstreamPool, 'acquire'>;
  /** 0 up to 1, for jitter. */
  random(): number;
}

/** Between two tries to open an upstream again that has gone. */
const PAUSES: Pauses = { first: 1_000, longest: 60_000 };

/** What is watched at one upstream. */
interface Watch {
  readonly server: ServerRuntime;
  readonly uris: Map<string, WatchedUri>;
  retry?: NodeJS.Timeout;
}

interface Place {
  /** Of the upstream. */
  readonly key: string;
  readonly uri: string;
  readonly watched: WatchedUri;
}

export class ResourceWatches {
  readonly #deps: ResourceWatchesDeps;
  /** By isolation key. */
  readonly #watches = new Map<string, Watch>();
  /** Where each watcher is now. */
  readonly #places = new Map<Watcher, Place>();

  constructor(deps: ResourceWatchesDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when the watcher's upstream is subscribed to the URI, to what ends that. From then on the
   * watcher hears of it, whatever happens to the upstream. Rejects with `ReplyError` or `UpstreamError`.
   */
  async watch(server: ServerRuntime, uri: string, asked: Watcher): Promise<() => void> {
    const { caller } = asked;
    // A client's headers go with its own request, not with what the gateway does later to keep the watch.
    const watcher = { ...asked, caller: { ...caller, headers: {} } };
    const { watched } = this.#add(server, uri, watcher, false);
    try {
      await this.#subscribe(server, watched, caller);
    } catch (error) {
      void this.#remove(watcher);
      throw error;
    }
    return () => void this.#remove(watcher);
  }

  /** Whether the upstream of this key has something to watch, and so is not idle. */
  isWatched(key: string): boolean {
    const watch = this.#watches.get(key);
    return watch !== undefined && firstWatcher(watch) !== undefined;
  }

  /** The upstream of this key has just been opened. */
  opened(key: string, upstream: OpenedUpstream): void {
    for (const watched of this.#at(key)) {
      if (watched.watchers.size > 0) void watched.restore(upstream);
    }
  }

  /** The upstream of this key went away by itself: opens it again, and `opened` does the rest. */
  async lost(key: string, tries = 0): Promise<void> {
    const watch = this.#watches.get(key);
    const watcher = watch && firstWatcher(watch);
    if (!watcher) return;
    try {
      (await this.#deps.pool.acquire(watch.server, watcher.caller)).release();
    } catch {
      const again = () => void this.lost(key, tries + 1);
      clearTimeout(watch.retry);
      watch.retry = setTimeout(again, backOffMs(tries, PAUSES, this.#deps.random)).unref();
    }
  }

  /** `message` is the whole notification. */
  updated(key: string, uri: string, message: Buffer): void {
    for (const watched of this.#at(key)) {
      if (watched.covers(uri)) watched.updated(uri, message);
    }
  }

  /** Any of it may have changed unheard. */
  missed(key: string): void {
    for (const watched of this.#at(key)) watched.missed();
  }

  /** A server is another one, or gone (`undefined`): one that is off is watched again when it is on. */
  configure(name: string, server: ServerRuntime | undefined): void {
    const former = [...this.#watches].filter(([, watch]) => watch.server.name === name);
    const keys = new Set(former.map(([key]) => key));
    const moving = [...this.#places].filter(([, { key }]) => keys.has(key));
    for (const [key, watch] of former) this.#drop(key, watch);
    for (const [watcher] of moving) this.#places.delete(watcher);
    if (!server) return;
    const moved = moving.map(([watcher, { uri }]) => this.#add(server, uri, watcher, true).key);
    if (server.enabled) for (const key of new Set(moved)) void this.lost(key);
  }

  close(): void {
    for (const [key, watch] of this.#watches) this.#drop(key, watch);
  }

  #at(key: string): WatchedUri[] {
    return [...(this.#watches.get(key)?.uris.values() ?? [])];
  }

  #add(server: ServerRuntime, uri: string, watcher: Watcher, isMoved: boolean): Place {
    const { key } = isolationKey(server, watcher.caller);
    const watch = this.#watches.get(key) ?? { server, uris: new Map() };
    this.#watches.set(key, watch);
    const watched = watch.uris.get(uri) ?? new WatchedUri({ uri, server, isMoved });
    watch.uris.set(uri, watched);
    watched.watchers.add(watcher);
    const place = { key, uri, watched };
    this.#places.set(watcher, place);
    return place;
  }

  async #remove(watcher: Watcher): Promise<void> {
    const place = this.#places.get(watcher);
    if (!place) return;
    const { key, uri, watched } = place;
    this.#places.delete(watcher);
    watched.watchers.delete(watcher);
    if (watched.watchers.size > 0) return;
    await watched.unsubscribe();
    // Somebody else may have come meanwhile.
    const watch = this.#watches.get(key);
    if (watched.watchers.size > 0 || watch?.uris.get(uri) !== watched) return;
    watch.uris.delete(uri);
    if (watch.uris.size === 0) this.#drop(key, watch);
  }

  #drop(key: string, watch: Watch): void {
    clearTimeout(watch.retry);
    for (const watched of watch.uris.values()) watched.close();
    this.#watches.delete(key);
  }

  /** Rejects with `ReplyError` or `UpstreamError`. */
  async #subscribe(
    server: ServerRuntime,
    watched: WatchedUri,
    caller: Caller,
    mayRetry = true,
  ): Promise<void> {
    const lease = await this.#deps.pool.acquire(server, caller);
    try {
      await watched.subscribe(lease, unsharedHeaders(server, caller));
    } catch (error) {
      // The upstream was lost before it was asked, as an HTTP session that its server forgot.
      const lost = error instanceof UpstreamError && error.failure.notRun && lease.isGone();
      if (!lost || !mayRetry) throw error;
      await this.#subscribe(server, watched, caller, false);
    } finally {
      lease.release();
    }
  }
}

function firstWatcher({ uris }: Watch): Watcher | undefined {
  for (const { watchers } of uris.values()) {
    for (const watcher of watchers) return watcher;
  }
  return undefined;
}
