/** Looks after every server without a caller: lists it when it is configured, probes it while it is quiet, tries it again while something is wrong. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { backOffMs, jittered, type Pauses } from './back-off.ts';
import type { Circuits } from './circuits.ts';
import type { Probe } from './probe.ts';
import type { ServerStatuses } from './server-statuses.ts';
import { createTurns } from './turns.ts';

export interface HealthChecksDeps {
  readonly statuses: ServerStatuses;
  readonly circuits: Circuits;
  readonly probe: Probe;
  /** Unix milliseconds. */
  now(): number;
  /** 0 up to 1, for jitter. */
  random(): number;
}

/** Starts that go on at once by themselves: each costs a process and its start-up time. */
const CONCURRENT_STARTS = 2;
/** A start that takes longer holds up no other. */
const TURN_MS = 5_000;
const PAUSES: Pauses = { first: 1_000, longest: 60_000 };
/** Timers may fire a moment early, when a circuit is not yet to be tried. */
const SLACK_MS = 5;

interface Check {
  server: ServerRuntime;
  isRunning: boolean;
  /** Failures in a row. */
  failures: number;
  /** Unix milliseconds. */
  dueAt: number;
  timer?: NodeJS.Timeout;
}

export class HealthChecks {
  readonly #deps: HealthChecksDeps;
  readonly #checks = new Map<string, Check>();
  readonly #inTurn = createTurns(CONCURRENT_STARTS, TURN_MS);

  constructor(deps: HealthChecksDeps) {
    this.#deps = deps;
  }

  /** Takes on a configuration. False when nothing changed that an upstream depends on. */
  configure(name: string, server: ServerRuntime | undefined): boolean {
    const before = this.#checks.get(name);
    const { revision, enabled } = before?.server ?? {};
    if (before && server) before.server = server;
    if (revision === server?.revision && enabled === server?.enabled) return false;
    clearTimeout(before?.timer);
    this.#checks.delete(name);
    if (!server) return true;
    const check: Check = { server, isRunning: false, failures: 0, dueAt: 0 };
    this.#checks.set(name, check);
    if (server.enabled) this.#schedule(check, this.#deps.now());
    return true;
  }

  /** Something is wrong with the server: it is looked at soon. Called for every call that fails. */
  troubled({ name, revision }: ServerRuntime): void {
    const check = this.#checks.get(name);
    if (!check || check.isRunning || check.server.revision !== revision) return;
    const nextTryAt = this.#deps.circuits.nextTryAt(name);
    if (nextTryAt === check.dueAt) return;
    if (nextTryAt === undefined && check.failures > 0) return;
    check.failures = Math.max(check.failures, 1);
    this.#retry(check);
  }

  close(): void {
    for (const { timer } of this.#checks.values()) clearTimeout(timer);
    this.#checks.clear();
  }

  #schedule(check: Check, dueAt: number): void {
    clearTimeout(check.timer);
    check.dueAt = dueAt;
    const delayMs = Math.max(0, dueAt - this.#deps.now()) + SLACK_MS;
    check.timer = setTimeout(() => this.#start(check), delayMs).unref();
  }

  #start(check: Check): void {
    check.isRunning = true;
    const look = () => this.#run(check);
    if (check.server.transport === 'stdio') this.#inTurn(look);
    else void look();
  }

  /** Its status says already what failed. */
  async #run(check: Check): Promise<void> {
    const isCurrent = () => this.#checks.get(check.server.name) === check;
    if (!isCurrent()) return;
    const isWell = await this.#deps.probe(check.server).then(
      () => true,
      () => false,
    );
    check.isRunning = false;
    if (!isCurrent()) return;
    check.failures = isWell ? 0 : check.failures + 1;
    const { now, random } = this.#deps;
    if (!isWell) this.#retry(check);
    else this.#schedule(check, now() + jittered(check.server.probeIntervalMs, random));
  }

  #retry(check: Check): void {
    const { statuses, circuits, now, random } = this.#deps;
    const { server, failures } = check;
    const retryAt = now() + backOffMs(failures - 1, PAUSES, random);
    this.#schedule(check, circuits.nextTryAt(server.name) ?? retryAt);
    statuses.nextTry(server, check.dueAt);
  }
}
