/** Every stream that is open to a client, and the reasons to close it before its own end. */
import type { DecisionClaims } from '@sluice/contract/decision';
import { type ClientTransport, entryOf, type Snapshot } from '@sluice/contract/snapshot';
import { Slots } from '../in-flight/slots.ts';
import { createSessionStreams } from './session-streams.ts';

export interface OpenStream {
  readonly claims: DecisionClaims;
  /** Path of the endpoint. */
  readonly endpoint: string;
  readonly session: string;
  /** `session`: stays until somebody closes it. `reply`: ends with the reply to one call. */
  readonly kind: 'session' | 'reply';
  /** Of a session's stream: it ends when the endpoint no longer offers it. */
  readonly transport?: ClientTransport;
  /** Capability profile of the session; only its own stream has one, and a way to say what belongs to no call. */
  readonly profile?: string;
  /** Unix milliseconds; the end of the session whose own stream it is. */
  readonly expiresAt?: number;
  readonly notify?: (message: Buffer) => void;
  close(): void;
  /** Sends something, so that nobody on the way takes the stream for dead. */
  keepAlive(): void;
}

export interface OpenStreams {
  /** Returns what forgets the stream again. A session's own closes the one that the session had. */
  add(stream: OpenStream): () => void;
  /** Closes the streams of these keys (`*` = every key) and of these secrets. */
  revoke(keys: readonly string[], secrets: readonly string[]): void;
  closeWhere(predicate: (stream: OpenStream) => boolean): void;
  /** Closes the streams that these endpoints, by path, do not offer. */
  keepOffered(endpoints: Snapshot['endpoints']): void;
  /** Session streams, which hear what belongs to no call. */
  listening(): readonly OpenStream[];
  /** The stream that this session listens on, if it does. */
  ofSession(session: string): OpenStream | undefined;
  /** Session streams of a principal. */
  countOf(principal: string): number;
  /** Session streams in all. */
  readonly sessions: number;
  stop(): void;
}

interface Entry {
  readonly stream: OpenStream;
  /** Unix milliseconds. */
  readonly openedAt: number;
  /** Undefined once it is forgotten. */
  slot: number | undefined;
}

/** How late a stream may notice that its key or session has expired. */
const EXPIRY_CHECK_MS = 500;
/** Load balancers drop streams that are idle for a minute. */
const KEEP_ALIVE_MS = 15_000;

/** `now` in Unix milliseconds. */
export function createOpenStreams(now: () => number): OpenStreams {
  const streams = new Slots<Entry>();
  const sessions = createSessionStreams<Entry>();

  const forget = (entry: Entry) => {
    if (entry.slot === undefined) return;
    streams.remove(entry.slot);
    entry.slot = undefined;
    if (entry.stream.kind === 'session') sessions.remove(entry);
  };
  const close = (entry: Entry) => {
    forget(entry);
    entry.stream.close();
  };
  const closeWhere = (predicate: (stream: OpenStream) => boolean) => {
    for (const entry of [...streams]) if (predicate(entry.stream)) close(entry);
  };
  const expiry = setInterval(() => {
    const time = now();
    const isPast = (end = Number.POSITIVE_INFINITY) => end <= time;
    closeWhere(({ claims, expiresAt }) => isPast(claims.keyExpiresAt) || isPast(expiresAt));
  }, EXPIRY_CHECK_MS).unref();
  const keepAlive = setInterval(() => {
    const time = now();
    for (const { stream, openedAt } of streams) {
      if (time - openedAt >= KEEP_ALIVE_MS) stream.keepAlive();
    }
  }, KEEP_ALIVE_MS).unref();
  return {
    get sessions() {
      return sessions.size;
    },
    add(stream) {
      const entry: Entry = { stream, openedAt: now(), slot: undefined };
      entry.slot = streams.add(entry);
      if (stream.kind === 'session') {
        const former = sessions.of(stream.session);
        if (former) close(former);
        sessions.add(entry);
      }
      return () => forget(entry);
    },
    revoke(keys, secrets) {
      const revoked = new Set(keys);
      const ended = new Set(secrets);
      closeWhere(({ claims: { key, secret } }) => {
        const isRevoked = key !== undefined && (revoked.has('*') || revoked.has(key));
        return isRevoked || (secret !== undefined && ended.has(secret));
      });
    },
    closeWhere,
    listening: () => Array.from(sessions.all(), ({ stream }) => stream),
    keepOffered(endpoints) {
      closeWhere(({ endpoint: path, transport }) => {
        const endpoint = entryOf(endpoints, path);
        if (!endpoint?.enabled) return true;
        return transport !== undefined && !endpoint.transports.includes(transport);
      });
    },
    ofSession: (session) => sessions.of(session)?.stream,
    countOf: sessions.countOf,
    stop() {
      clearInterval(expiry);
      clearInterval(keepAlive);
    },
  };
}
