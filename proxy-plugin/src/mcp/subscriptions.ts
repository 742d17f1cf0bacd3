/** What sessions are subscribed to, and the news of it on their streams. */
import type { OpenStream } from '../streams/open-streams.ts';
import { replaceSpan, spanOf } from '../upstream/json/value-span.ts';
import { encodeNotification } from '../upstream/transport.ts';
import type { Refusal } from './exchange.ts';

/** A resource that a session wants to hear of. */
export interface Wish {
  /** Id of the session. */
  readonly session: string;
  readonly principal: string;
  readonly visibleUri: string;
  readonly server: string;
  /** Original URI. */
  readonly name: string;
}

/** News of a resource: its original URI or that of a part of it, and the server's whole notification. */
type Updated = (uri: string, message: Buffer) => void;

/** Begins to watch; resolves to what ends that. */
type Start = (updated: Updated) => Promise<() => void>;

export interface SubscriptionsDeps {
  /** The stream that a session listens on. */
  streamOf(session: string): OpenStream | undefined;
  /** The URI as the principal behind the stream may see it now; undefined if it may not. */
  visibleUri(stream: OpenStream, wish: Wish, uri: string): string | undefined;
  /** A subscription has ended while its session had no stream: by the time it listens, it must look itself. */
  endedUnheard(session: string): void;
  /** Milliseconds that a session may be without a stream; default: five minutes. */
  readonly patienceMs?: number;
  /** Unix milliseconds. */
  now(): number;
}

/** As long as an upstream is kept that nobody uses, by default. */
const PATIENCE_MS = 5 * 60_000;
const CHECKS = 20;
const MAX_PER_PRINCIPAL = 1_000;
const MAX_PER_SERVER = 10_000;

interface Subscription {
  readonly wish: Wish;
  /** Ends it; undefined until it has begun. */
  stop?: () => void;
  isOver: boolean;
  /** There was news while nobody listened. */
  hasMissed: boolean;
}

interface SubscribedSession {
  /** By visible URI. */
  readonly subscriptions: Map<string, Subscription>;
  /** Unix milliseconds; when it was first seen without a stream. */
  aloneSince: number | undefined;
}

export class Subscriptions {
  readonly #deps: SubscriptionsDeps;
  readonly #sessions = new Map<string, SubscribedSession>();
  /** By server and by principal. */
  readonly #counts = new Map<string, number>();
  readonly #checking: NodeJS.Timeout;

  constructor(deps: SubscriptionsDeps) {
    const { patienceMs = PATIENCE_MS } = deps;
    this.#deps = deps;
    this.#checking = setInterval(() => this.#endAbandoned(patienceMs), patienceMs / CHECKS).unref();
  }

  /** Rejects as `start` does, which resolves to what ends it. A second one of the same takes its place. */
  async add(wish: Wish, start: Start): Promise<Refusal | undefined> {
    const refusal = this.#refusal(wish);
    if (refusal) return refusal;
    const subscription: Subscription = { wish, isOver: false, hasMissed: false };
    const former = this.#remember(subscription);
    try {
      const stop = await start((uri, message) => this.#tell(subscription, uri, message));
      subscription.stop = stop;
      // The session has ended meanwhile.
      if (subscription.isOver) stop();
    } catch (error) {
      this.#forget(subscription);
      throw error;
    } finally {
      if (former) this.#forget(former);
    }
    return undefined;
  }

  remove(session: string, visibleUri: string): void {
    const subscription = this.#sessions.get(session)?.subscriptions.get(visibleUri);
    if (subscription) this.#forget(subscription);
  }

  /** The session is over. */
  end(session: string): void {
    for (const subscription of this.#of(session)) this.#forget(subscription);
  }

  /** The server is gone: one of the same name is another one. */
  endServer(name: string): void {
    for (const session of [...this.#sessions.keys()]) {
      const ended = this.#of(session).filter(({ wish }) => wish.server === name);
      for (const subscription of ended) this.#forget(subscription);
      if (ended.length > 0 && !this.#deps.streamOf(session)) this.#deps.endedUnheard(session);
    }
  }

  /** The session listens again: it hears what it missed. */
  joined({ session }: OpenStream): void {
    for (const subscription of this.#of(session)) {
      const { name: uri } = subscription.wish;
      if (!subscription.hasMissed) continue;
      this.#tell(subscription, uri, encodeNotification('notifications/resources/updated', { uri }));
    }
  }

  get size(): number {
    let size = 0;
    for (const { subscriptions } of this.#sessions.values()) size += subscriptions.size;
    return size;
  }

  close(): void {
    clearInterval(this.#checking);
  }

  #of(session: string): Subscription[] {
    return [...(this.#sessions.get(session)?.subscriptions.values() ?? [])];
  }

  #refusal({ principal, server }: Wish): Refusal | undefined {
    const isFull = (count = 0, most: number) => count >= most;
    if (isFull(this.#counts.get(principalKey(principal)), MAX_PER_PRINCIPAL)) {
      return tooMany(`You have ${MAX_PER_PRINCIPAL} subscriptions.`);
    }
    if (isFull(this.#counts.get(serverKey(server)), MAX_PER_SERVER)) {
      return tooMany(`Server "${server}" has ${MAX_PER_SERVER} subscriptions.`);
    }
    return undefined;
  }

  /** Returns the one whose place it takes. */
  #remember(subscription: Subscription): Subscription | undefined {
    const { session, visibleUri } = subscription.wish;
    const own = this.#sessions.get(session) ?? { subscriptions: new Map(), aloneSince: undefined };
    this.#sessions.set(session, own);
    const former = own.subscriptions.get(visibleUri);
    own.subscriptions.set(visibleUri, subscription);
    this.#count(subscription.wish, 1);
    return former;
  }

  #forget(subscription: Subscription): void {
    if (subscription.isOver) return;
    const { session, visibleUri } = subscription.wish;
    const own = this.#sessions.get(session)?.subscriptions;
    if (own?.get(visibleUri) === subscription) own.delete(visibleUri);
    if (own?.size === 0) this.#sessions.delete(session);
    this.#count(subscription.wish, -1);
    subscription.isOver = true;
    subscription.stop?.();
  }

  #count({ principal, server }: Wish, change: 1 | -1): void {
    for (const key of [principalKey(principal), serverKey(server)]) {
      const count = (this.#counts.get(key) ?? 0) + change;
      if (count === 0) this.#counts.delete(key);
      else this.#counts.set(key, count);
    }
  }

  #tell(subscription: Subscription, uri: string, message: Buffer): void {
    const { wish } = subscription;
    const stream = this.#deps.streamOf(wish.session);
    subscription.hasMissed = !stream;
    const visibleUri = stream && this.#deps.visibleUri(stream, wish, uri);
    const span = visibleUri === undefined ? undefined : spanOf(message, 'params', 'uri');
    if (!span) return;
    stream?.notify?.(replaceSpan(message, span, Buffer.from(JSON.stringify(visibleUri))));
  }

  #endAbandoned(patienceMs: number): void {
    const time = this.#deps.now();
    for (const [session, own] of [...this.#sessions]) {
      if (this.#deps.streamOf(session)) own.aloneSince = undefined;
      else own.aloneSince ??= time;
      if (own.aloneSince === undefined || time - own.aloneSince < patienceMs) continue;
      this.end(session);
      this.#deps.endedUnheard(session);
    }
  }
}

function principalKey(principal: string): string {
  return `principal ${principal}`;
}

function serverKey(server: string): string {
  return `server ${server}`;
}

function tooMany(what: string): Refusal {
  const message = `${what} End some, or end sessions that are not used.`;
  return { reason: 'limit_exceeded', message, retryAfterSeconds: 60 };
}
