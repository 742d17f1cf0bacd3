/** When an upstream may be started again after a failure: at once, after a short wait, or not yet. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { BackOff } from './back-off.ts';
import { type Circuits, meetsEverybody } from './circuits.ts';
import { isKeyOf } from './isolation-key.ts';
import type { UpstreamFailure } from './upstream.ts';
import { putOff } from './upstream-error.ts';

export interface StartGate {
  /**
   * Waits out a short back-off of this upstream; rejects with the last failure during a long one, and
   * while the server's circuit is open. Ends early on `signal`.
   */
  pass(server: ServerRuntime, key: string, signal: AbortSignal): Promise<void>;
  /** For an upstream that runs: rejects while the server's circuit is open. Throws `UpstreamError`. */
  admit(server: ServerRuntime): void;
  started(server: ServerRuntime): void;
  /**
   * A start failed; gives the time of the next try (Unix milliseconds), if that is put off. Where other
   * children of the server run, the failure is this caller's alone.
   */
  startFailed(start: FailedStart): number | undefined;
  /** A running upstream is gone; as `startFailed`. */
  gone(key: string, failure: UpstreamFailure): number | undefined;
  /** The next start is tried at once, for whomever. */
  forgive(server: string): void;
}

export interface FailedStart {
  readonly server: ServerRuntime;
  readonly key: string;
  readonly failure: UpstreamFailure;
  readonly othersRun: boolean;
}

/** A caller waits so long for the next try; a longer back-off it is told of. */
const LONGEST_WAIT_MS = 2_000;
/** Not put off: what an operator or the passing of time changes, and what costs nothing to try. */
const NOT_PUT_OFF: ReadonlySet<UpstreamFailure['reason']> = new Set([
  'capacity',
  'refused_by_policy',
  'cancelled',
  'down',
]);

export function createStartGate(
  backOff: BackOff,
  circuits: Circuits,
  now: () => number,
): StartGate {
  return {
    async pass(server, key, signal) {
      const last = backOff.pending(key);
      const waitMs = last ? last.until - now() : 0;
      if (last && waitMs > LONGEST_WAIT_MS) {
        throw putOff(last.failure.reason, last.failure, waitMs);
      }
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {});
      circuits.admit(server);
    },
    admit: (server) => circuits.admit(server),
    started: ({ name }) => circuits.close(name),
    startFailed({ server, key, failure, othersRun }) {
      if (NOT_PUT_OFF.has(failure.reason)) return undefined;
      const isOfOne = othersRun && server.transport === 'stdio';
      const until = isOfOne ? undefined : circuits.failed(server, failure);
      const isOfAll = !isOfOne && meetsEverybody(server, failure);
      return isOfAll ? until : backOff.failed(key, failure);
    },
    gone: (key, failure) =>
      // A lost HTTP session is replaced at once.
      failure.reason === 'disconnected' ? undefined : backOff.failed(key, failure),
    forgive(server) {
      backOff.forget((key) => isKeyOf(key, server));
      circuits.close(server);
    },
  };
}
