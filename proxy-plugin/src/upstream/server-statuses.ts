/** Health of every server as the API shows it, published when it changed. */
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { UpstreamHealth, UpstreamStatus } from '@sluice/contract/upstream-status';
import type { Hello } from './handshake.ts';
import type { PooledUpstream } from './pooled-upstream.ts';
import type { Transport } from './transport.ts';
import type { UpstreamFailure } from './upstream.ts';

export interface ServerStatusesDeps {
  publish(statuses: readonly UpstreamStatus[]): void;
  /** The server's upstreams at this moment. */
  upstreamsOf(server: string): readonly PooledUpstream[];
  /** Unix milliseconds. */
  now(): number;
}

/** Changes within this time are published together. */
const PUBLISH_AFTER_MS = 100;
/** A child that wrote something is soon followed by one that has nothing to say. */
const MAX_TRANSPORTS = 4;

/** What decides how a server is looked at. */
export interface Standing {
  readonly isTroubled: boolean;
  /** It was never listed whole, or not the last time. */
  readonly needsLists: boolean;
  /** Unix milliseconds. */
  readonly answeredAt: number;
}

interface Known {
  readonly server: ServerRuntime;
  health: UpstreamHealth;
  hello?: Hello;
  lists?: ServerLists;
  warnings?: readonly string[];
  lastError?: string;
  lastErrorAt?: number;
  nextTryAt?: number | undefined;
  /** Unix milliseconds. */
  answeredAt?: number;
  /** The last listing failed, in part at least. */
  listsFailed?: boolean;
  /** The latest ones, newest first: what they wrote to stderr is shown even after their end. */
  transports?: readonly Transport[];
}

/**
 * The states: `unknown` → `starting` → `ready`; `degraded` after a failure while the server is usable or
 * started again on demand, until the next answer; `down` when it can't be started or its circuit is
 * open, until a try succeeds; `disabled`.
 */
export class ServerStatuses {
  readonly #deps: ServerStatusesDeps;
  readonly #known = new Map<string, Known>();
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ServerStatusesDeps) {
    this.#deps = deps;
  }

  /** How many servers are down. */
  get down(): number {
    return [...this.#known.values()].filter(({ health }) => health === 'down').length;
  }

  configured(server: ServerRuntime): void {
    this.#known.set(server.name, { server, health: server.enabled ? 'unknown' : 'disabled' });
    this.changed(server);
  }

  removed(name: string): void {
    this.#known.delete(name);
    this.#changed.delete(name);
  }

  starting(server: ServerRuntime): void {
    const known = this.#of(server);
    if (known?.health === 'unknown') this.#set(known, 'starting');
  }

  connected(server: ServerRuntime, transport: Transport): void {
    const known = this.#of(server);
    if (known) known.transports = [transport, ...(known.transports ?? [])].slice(0, MAX_TRANSPORTS);
    this.changed(server);
  }

  ready(server: ServerRuntime, hello: Hello): void {
    const known = this.#of(server);
    if (!known) return;
    known.hello = hello;
    this.#works(known);
  }

  /** `warnings` say which lists are not whole. */
  listed(server: ServerRuntime, lists: ServerLists, warnings: readonly string[]): void {
    const known = this.#of(server);
    if (!known) return;
    Object.assign(known, { lists, warnings, listsFailed: false });
    this.#works(known);
  }

  /** What was listed before stays; the server is `degraded` until it can be listed again. */
  listsFailed(server: ServerRuntime): void {
    const known = this.#of(server);
    if (known) known.listsFailed = true;
  }

  /** A start failed: `down`, unless it works for others, or may. */
  startFailed(server: ServerRuntime, failure: UpstreamFailure, nextTryAt?: number): void {
    const works = this.#deps.upstreamsOf(server.name).some((upstream) => upstream.isReady);
    if (failure.reason === 'capacity' && works) return;
    // A header of one client was refused, maybe.
    const isOfOne = failure.reason === 'unauthorized' && server.forwardHeaders.length > 0;
    this.#failed(server, works || isOfOne ? 'degraded' : 'down', failure, nextTryAt);
  }

  circuitOpen(server: ServerRuntime, failure: UpstreamFailure, nextTryAt: number): void {
    this.#failed(server, 'down', failure, nextTryAt);
  }

  /** An upstream or a call failed, yet the server may be used on. */
  degraded(server: ServerRuntime, failure: UpstreamFailure, nextTryAt?: number): void {
    this.#failed(server, 'degraded', failure, nextTryAt);
  }

  /** On the path of every call. */
  answered(server: ServerRuntime): void {
    const known = this.#of(server);
    if (!known) return;
    known.answeredAt = this.#deps.now();
    if (known.health !== 'ready') this.#works(known);
  }

  /** The gateway itself will look at the server then (Unix milliseconds). */
  nextTry(server: ServerRuntime, at: number): void {
    const known = this.#of(server);
    if (!known || known.nextTryAt === at) return;
    known.nextTryAt = at;
    this.changed(server);
  }

  standing(server: ServerRuntime): Standing | undefined {
    const known = this.#of(server);
    if (!known) return undefined;
    const isTroubled = known.health === 'degraded' || known.health === 'down';
    const needsLists = !known.lists || known.listsFailed === true;
    return { isTroubled, needsLists, answeredAt: known.answeredAt ?? 0 };
  }

  changed(server: ServerRuntime): void {
    if (!this.#of(server)) return;
    this.#changed.add(server.name);
    this.#timer ??= setTimeout(() => this.#publish(), PUBLISH_AFTER_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** Undefined for a server that is not configured (any more) in this revision. */
  #of(server: ServerRuntime): Known | undefined {
    const known = this.#known.get(server.name);
    return known?.server.revision === server.revision ? known : undefined;
  }

  #works(known: Known): void {
    if (known.listsFailed) {
      if (known.health !== 'degraded') this.#set(known, 'degraded');
      return;
    }
    known.nextTryAt = undefined;
    this.#set(known, 'ready');
  }

  #set(known: Known, health: UpstreamHealth): void {
    if (known.health !== 'disabled') known.health = health;
    this.changed(known.server);
  }

  #failed(
    server: ServerRuntime,
    health: UpstreamHealth,
    failure: UpstreamFailure,
    nextTryAt: number | undefined,
  ): void {
    const known = this.#of(server);
    if (!known) return;
    known.lastError = failure.message;
    known.lastErrorAt = this.#deps.now();
    known.nextTryAt = nextTryAt;
    this.#set(known, health);
  }

  #publish(): void {
    this.#timer = undefined;
    const statuses = [...this.#changed].flatMap((name) => {
      const known = this.#known.get(name);
      return known ? [this.#statusOf(known)] : [];
    });
    this.#changed.clear();
    if (statuses.length > 0) this.#deps.publish(statuses);
  }

  #statusOf(known: Known): UpstreamStatus {
    const { server, hello, lists } = known;
    const upstreams = this.#deps.upstreamsOf(server.name).filter(({ transport }) => transport);
    const written = known.transports?.map((transport) => transport.stderr()) ?? [];
    const status = {
      server: server.name,
      revision: server.revision,
      health: known.health,
      era: hello ? ('legacy' as const) : undefined,
      protocolVersion: hello?.protocolVersion,
      serverName: hello?.serverName,
      serverVersion: hello?.serverVersion,
      tools: lists?.tools.length,
      prompts: lists?.prompts.length,
      resources: lists?.resources.length,
      upstreams: upstreams.length,
      pids: upstreams.flatMap(({ transport }) => transport?.pids ?? []),
      lastError: known.lastError,
      lastErrorAt: known.lastErrorAt,
      nextTryAt: known.nextTryAt,
      warnings: known.warnings?.length ? known.warnings : undefined,
      stderr: written.find((lines) => lines.length > 0),
    };
    return withoutUndefined(status);
  }
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutUndefined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
