/** Circuit breakers: a server that nobody can reach is left alone for a while, then tried by one call. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { backOffMs, type Pauses } from './back-off.ts';
import type { UpstreamFailure } from './upstream.ts';
import { putOff } from './upstream-error.ts';

export interface Circuits {
  /**
   * Throws `UpstreamError` (`down`) while the server's circuit is open. The first caller after its time
   * passes, as a trial; while that is under way, others are refused.
   */
  admit(server: ServerRuntime): void;
  /** Gives the time of the next try (Unix milliseconds) when the circuit is open after this failure. */
  failed(server: ServerRuntime, failure: UpstreamFailure): number | undefined;
  /** The server has answered somebody, or an operator wants it tried: closes the circuit. */
  close(name: string): void;
  /** The time of the next try (Unix milliseconds); undefined unless the circuit is open. */
  nextTryAt(name: string): number | undefined;
}

export interface CircuitsDeps {
  /** Unix milliseconds. */
  now(): number;
  /** 0 up to 1, for jitter. */
  random(): number;
  opened(server: string): void;
}

/** Failures in a row, whoever met them, that open a circuit. */
const FAILURES_TO_OPEN = 3;
const PAUSES: Pauses = { first: 1_000, longest: 30_000 };
/** An answer, though not the one that was wanted. */
const ANSWERS: ReadonlySet<UpstreamFailure['reason']> = new Set([
  'unauthorized',
  'garbage',
  'too_large',
]);

interface Circuit {
  readonly revision: number;
  state: 'closed' | 'open' | 'trial';
  failures: number;
  /** How often it opened in a row. */
  openings: number;
  /** Unix milliseconds: of the next try while open; of the next trial, should this one tell nothing. */
  until: number;
  failure: UpstreamFailure;
}

export function createCircuits({ now, random, opened }: CircuitsDeps): Circuits {
  const circuits = new Map<string, Circuit>();

  function open(circuit: Circuit, server: string): number {
    circuit.state = 'open';
    circuit.until = now() + backOffMs(circuit.openings, PAUSES, random);
    circuit.openings += 1;
    opened(server);
    return circuit.until;
  }

  return {
    admit({ name, revision, connectTimeoutMs }) {
      const circuit = circuits.get(name);
      if (!circuit || circuit.state === 'closed' || circuit.revision !== revision) return;
      const waitMs = circuit.until - now();
      if (waitMs > 0) throw refusal(circuit, waitMs);
      circuit.state = 'trial';
      circuit.until = now() + connectTimeoutMs;
    },
    failed(server, failure) {
      const { name, revision } = server;
      if (ANSWERS.has(failure.reason)) circuits.delete(name);
      const known = circuits.get(name);
      if (!meetsEverybody(server, failure)) return undefined;
      const circuit =
        known?.revision === revision
          ? known
          : { revision, state: 'closed' as const, failures: 0, openings: 0, until: 0, failure };
      circuits.set(name, circuit);
      // It was under way already when the circuit opened.
      if (circuit.state === 'open' && now() < circuit.until) return circuit.until;
      circuit.failures += 1;
      circuit.failure = failure;
      return circuit.failures < FAILURES_TO_OPEN ? undefined : open(circuit, name);
    },
    close: (name) => void circuits.delete(name),
    nextTryAt(name) {
      const circuit = circuits.get(name);
      return circuit && circuit.state !== 'closed' ? circuit.until : undefined;
    },
  };
}

/**
 * Whether no caller would have fared better: no connection, or nobody behind the proxy that took it; a
 * stdio child that does not start. What depends on the caller's credentials, session or arguments never
 * counts, so that no principal can shut out the others.
 */
export function meetsEverybody({ transport }: ServerRuntime, { reason }: UpstreamFailure): boolean {
  return reason === 'unreachable' || (transport === 'stdio' && reason === 'start_failed');
}

function refusal({ state, failure }: Circuit, waitMs: number) {
  if (state === 'open') return putOff('down', failure, waitMs);
  const message = `${failure.message} It is being tried at this moment.`;
  return putOff('down', { ...failure, message }, waitMs);
}
