/** Every stream that is open to a client, and the reasons to close it before its own end. */
import type { DecisionClaims } from '@sluice/contract/decision';

export interface OpenStream {
  readonly claims: DecisionClaims;
  /** Path of the endpoint. */
  readonly endpoint: string;
  readonly session: string;
  close(): void;
  /** Sends a comment, so that nobody on the way takes the stream for dead. */
  keepAlive?(): void;
}

export interface OpenStreams {
  /** Returns what forgets the stream again. */
  add(stream: OpenStream): () => void;
  /** Closes the streams of these keys (`*` = every key) and of these secrets. */
  revoke(keys: readonly string[], secrets: readonly string[]): void;
  closeWhere(predicate: (stream: OpenStream) => boolean): void;
  countOf(principal: string): number;
  readonly size: number;
  stop(): void;
}

/** How late a stream may notice that its key has expired. */
const EXPIRY_CHECK_MS = 500;
/** Load balancers drop streams that are idle for a minute. */
const KEEP_ALIVE_MS = 15_000;

export function createOpenStreams(now: () => number): OpenStreams {
  const streams = new Set<OpenStream>();
  const closeWhere = (predicate: (stream: OpenStream) => boolean) => {
    for (const stream of [...streams]) {
      if (!predicate(stream)) continue;
      streams.delete(stream);
      stream.close();
    }
  };
  const expiry = setInterval(() => {
    const time = now();
    closeWhere(({ claims }) => claims.keyExpiresAt !== undefined && claims.keyExpiresAt <= time);
  }, EXPIRY_CHECK_MS).unref();
  const keepAlive = setInterval(() => {
    for (const stream of streams) stream.keepAlive?.();
  }, KEEP_ALIVE_MS).unref();
  return {
    get size() {
      return streams.size;
    },
    add(stream) {
      streams.add(stream);
      return () => streams.delete(stream);
    },
    revoke(keys, secrets) {
      const all = keys.includes('*');
      const revoked = new Set(keys);
      const ended = new Set(secrets);
      closeWhere(
        ({ claims }) =>
          (claims.key !== undefined && (all || revoked.has(claims.key))) ||
          (claims.secret !== undefined && ended.has(claims.secret)),
      );
    },
    closeWhere,
    countOf(principal) {
      let count = 0;
      for (const { claims } of streams) if (claims.principal === principal) count += 1;
      return count;
    },
    stop() {
      clearInterval(expiry);
      clearInterval(keepAlive);
    },
  };
}
