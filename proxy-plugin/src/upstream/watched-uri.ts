/** One resource that an upstream is subscribed to, once for all who watch it there. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { askUpstream } from './ask-upstream.ts';
import { isObject, ReplyError } from './collect-reply.ts';
import type { OpenedUpstream } from './open-upstream.ts';
import { encodeNotification } from './transport.ts';
import type { Caller, Watcher } from './upstream.ts';

export interface WatchedUriDeps {
  readonly uri: string;
  readonly server: ServerRuntime;
  /** The upstream was subscribed to it before, if not this one: watchers may have missed something. */
  readonly isMoved: boolean;
}

/** A storm of news of one resource is one message in this time: it says no more than the last one. */
const SETTLE_MS = 100;
/** Parts of a resource that are told apart within that time; beyond that the whole of it has changed. */
const MAX_PARTS = 20;
/** Longer ones are only told of as news of the whole: servers must not make us keep much. */
const MAX_MESSAGE_BYTES = 4 * 1024;
const MAX_REPLY_BYTES = 64 * 1024;
const METHOD_NOT_FOUND = -32601;

export class WatchedUri {
  readonly watchers = new Set<Watcher>();
  readonly #deps: WatchedUriDeps;
  /** Where it is subscribed, or just being so. */
  #at: { readonly opened: OpenedUpstream; readonly done: Promise<void> } | undefined;
  /** Requests about one resource go one after the other: over HTTP they could overtake each other. */
  #last: Promise<void> = Promise.resolve();
  #wasSubscribed: boolean;
  /** By URI; sent when the timer ends. */
  readonly #held = new Map<string, Buffer>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: WatchedUriDeps) {
    this.#deps = deps;
    this.#wasSubscribed = deps.isMoved;
  }

  /**
   * Does nothing where this upstream is subscribed already. `headers` are those of the client that asks.
   * Rejects with `ReplyError` or `UpstreamError`.
   */
  subscribe(opened: OpenedUpstream, headers: Caller['headers']): Promise<void> {
    if (this.#at?.opened.live === opened.live) return this.#at.done;
    const at = { opened, done: this.#request(opened, 'resources/subscribe', headers) };
    this.#at = at;
    at.done.then(
      () => {
        this.#wasSubscribed = true;
      },
      () => {
        if (this.#at === at) this.#at = undefined;
      },
    );
    return at.done;
  }

  /** The upstream is another one now: subscribes there, and tells of what may have been missed meanwhile. */
  async restore(opened: OpenedUpstream): Promise<void> {
    // The first time its watcher asks, with the headers of its client.
    if (!this.#wasSubscribed) return;
    await this.subscribe(opened, {}).catch(() => {});
    this.missed();
  }

  /** It may have changed unheard: tells that it has, so that watchers look. */
  missed(): void {
    const { uri } = this.#deps;
    this.#news(uri, updatedMessage(uri));
  }

  /** Nobody watches it any more. Resolves when the upstream has been told; never rejects. */
  async unsubscribe(): Promise<void> {
    const at = this.#at;
    this.#at = undefined;
    if (at) await this.#request(at.opened, 'resources/unsubscribe', {}).catch(() => {});
  }

  /** Nobody hears of it any more. */
  close(): void {
    this.watchers.clear();
    clearTimeout(this.#timer);
  }

  /** Whether news of `uri` is news of this resource: a part of it counts (MCP 2025-11-25, "Subscriptions"). */
  covers(uri: string): boolean {
    const own = this.#deps.uri;
    if (uri === own || !uri.startsWith(own)) return uri === own;
    return own.endsWith('/') || /[/?#]/.test(uri.charAt(own.length));
  }

  updated(uri: string, message: Buffer): void {
    const { uri: own } = this.#deps;
    if (message.length > MAX_MESSAGE_BYTES) this.#news(own, updatedMessage(own));
    else this.#news(uri, message);
  }

  #news(uri: string, message: Buffer): void {
    if (!this.#timer) {
      this.#tell(uri, message);
      this.#timer = setTimeout(() => this.#settled(), SETTLE_MS).unref();
    } else if (this.#held.size < MAX_PARTS) this.#held.set(uri, message);
  }

  #settled(): void {
    this.#timer = undefined;
    const { uri: own } = this.#deps;
    const isFull = this.#held.size >= MAX_PARTS;
    const held = isFull ? [[own, updatedMessage(own)] as const] : [...this.#held];
    this.#held.clear();
    for (const [uri, message] of held) this.#tell(uri, message);
    if (held.length > 0) this.#timer = setTimeout(() => this.#settled(), SETTLE_MS).unref();
  }

  #tell(uri: string, message: Buffer): void {
    for (const watcher of [...this.watchers]) watcher.updated(uri, message);
  }

  #request(
    { live, hello }: OpenedUpstream,
    method: string,
    headers: Caller['headers'],
  ): Promise<void> {
    const { uri, server } = this.#deps;
    const own = { method, params: { uri }, headers, timeoutMs: server.requestTimeoutMs };
    const request = async () => {
      if (!offersSubscriptions(hello.capabilities)) throw notOffered(server.name);
      await askUpstream(live, own, { left: MAX_REPLY_BYTES });
    };
    const done = this.#last.then(request);
    this.#last = done.catch(() => {});
    return done;
  }
}

function offersSubscriptions({ resources }: Readonly<Record<string, unknown>>): boolean {
  return isObject(resources) && resources.subscribe === true;
}

function updatedMessage(uri: string): Buffer {
  return encodeNotification('notifications/resources/updated', { uri });
}

function notOffered(serverName: string): ReplyError {
  const text = `Server "${serverName}" offers no subscriptions: read the resource again instead.`;
  return new ReplyError(METHOD_NOT_FOUND, text);
}
