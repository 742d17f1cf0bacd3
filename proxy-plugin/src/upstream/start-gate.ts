/** When an upstream may be started again after a failure: at once, after a short wait, or not yet. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { BackOff } from './back-off.ts';
import type { UpstreamFailure } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';

export interface StartGate {
  /** Waits out a short back-off; rejects with the last failure during a long one. Ends early on `signal`. */
  pass(server: ServerRuntime, key: string, signal: AbortSignal): Promise<void>;
  started(server: ServerRuntime): void;
  /** A start failed; gives the time of the next try (Unix milliseconds), if that is put off. */
  startFailed(server: ServerRuntime, key: string, failure: UpstreamFailure): number | undefined;
  /** A running upstream is gone; as `startFailed`. */
  gone(key: string, failure: UpstreamFailure): number | undefined;
  /** The next start is tried at once. */
  forgive(server: ServerRuntime, key: string): void;
}

/** A caller waits so long for the next try; a longer back-off it is told of. */
const LONGEST_WAIT_MS = 2_000;
/** Not put off: what an operator or the passing of time changes, and what costs nothing to try. */
const NOT_PUT_OFF: ReadonlySet<UpstreamFailure['reason']> = new Set([
  'capacity',
  'refused_by_policy',
  'cancelled',
]);

export function createStartGate(backOff: BackOff, now: () => number): StartGate {
  const pending = (server: ServerRuntime, key: string) =>
    backOff.pending(key) ?? backOff.pending(serverKey(server));
  return {
    async pass(server, key, signal) {
      const last = pending(server, key);
      if (!last) return;
      const waitMs = last.until - now();
      if (waitMs > LONGEST_WAIT_MS) {
        const message = `${last.failure.message} The next try is in ${Math.ceil(waitMs / 1000)} s.`;
        throw new UpstreamError({ ...last.failure, message, notRun: true });
      }
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    },
    started: (server) => backOff.succeeded(serverKey(server)),
    startFailed(server, key, failure) {
      const last = pending(server, key);
      if (last) return last.until;
      if (NOT_PUT_OFF.has(failure.reason)) return undefined;
      // What stops one stdio child stops them all; at an HTTP server it may be one caller's headers.
      return backOff.failed(server.transport === 'stdio' ? serverKey(server) : key, failure);
    },
    gone: (key, failure) =>
      // A lost HTTP session is replaced at once.
      failure.reason === 'disconnected' ? undefined : backOff.failed(key, failure),
    forgive(server, key) {
      backOff.succeeded(key);
      backOff.succeeded(serverKey(server));
    },
  };
}

function serverKey(server: ServerRuntime): string {
  return JSON.stringify(['start', server.name, server.revision]);
}
