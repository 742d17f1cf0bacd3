/** All upstreams of the sidecar: started on demand, once per isolation key, within caps, ended when idle. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { audienceOf } from './audience-of.ts';
import { type Caps, victimsFor } from './caps.ts';
import { isolationKey } from './isolation-key.ts';
import type { OutsideMessage } from './live-upstream.ts';
import type { OpenedUpstream, OpenUpstream } from './open-upstream.ts';
import type { PoolEvents } from './pool-events.ts';
import { PooledUpstream } from './pooled-upstream.ts';
import type { StartGate } from './start-gate.ts';
import type { Transport } from './transport.ts';
import type { Caller, UpstreamFailure } from './upstream.ts';
import { failureOf, UpstreamError } from './upstream-error.ts';
import { UpstreamIndex } from './upstream-index.ts';

export interface UpstreamPoolDeps {
  readonly open: OpenUpstream;
  readonly gate: StartGate;
  readonly caps: Caps;
  readonly events: PoolEvents;
  /** Whether somebody waits for news of the upstream of this key: it is not ended for being idle. */
  isWatched(key: string): boolean;
}

/** An upstream in use by one call. */
export interface Lease extends OpenedUpstream {
  /** True once the upstream is of no more use. */
  isGone(): boolean;
  /** Must be called when the call is over; a second time it does nothing. */
  release(): void;
}

export class UpstreamPool {
  readonly #deps: UpstreamPoolDeps;
  readonly #upstreams = new UpstreamIndex();
  readonly #ending = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();
  /** Ends of uses so far. */
  #uses = 0;

  constructor(deps: UpstreamPoolDeps) {
    this.#deps = deps;
  }

  /** The caller's upstream of the server, started if need be. Rejects with `UpstreamError`. */
  async acquire(server: ServerRuntime, caller: Caller): Promise<Lease> {
    if (this.#closed.signal.aborted) throw new UpstreamError(ended(server));
    const { key, session } = isolationKey(server, caller);
    const known = this.#upstreams.get(key);
    if (known?.isReady) this.#deps.gate.admit(server);
    const upstream = known ?? this.#start(key, session, server, caller);
    upstream.leases += 1;
    upstream.keepAwake();
    let released = false;
    try {
      const opened = await upstream.ready;
      return {
        ...opened,
        isGone: () => upstream.isEnded || upstream.gone !== undefined,
        release: () => {
          if (!released) this.#release(upstream, server.idleTimeoutMs);
          released = true;
        },
      };
    } catch (error) {
      this.#release(upstream, server.idleTimeoutMs);
      throw error;
    }
  }

  get size(): number {
    return this.#upstreams.size;
  }

  /** Ends the upstreams that only this session used; the others forget it. */
  endSession(session: string): void {
    for (const upstream of this.#upstreams.ofSession(session)) void this.#end(upstream);
    for (const { logLevel } of this.#upstreams.ofSession(undefined)) logLevel?.forget(session);
  }

  /** Ends upstreams of the server but those of `revision`: idle ones now, busy ones after their calls. */
  retire(name: string, revision: number | undefined): void {
    for (const upstream of this.of(name)) {
      if (upstream.identity.server.revision === revision) continue;
      upstream.isRetired = true;
      if (upstream.isIdle) void this.#end(upstream);
    }
  }

  of(name: string): PooledUpstream[] {
    return this.#upstreams.all().filter(({ identity }) => identity.server.name === name);
  }

  /** Forgets what went wrong before, so that the next start is tried at once. */
  forgive(server: string): void {
    this.#deps.gate.forgive(server);
  }

  /** Ends everything; resolves when nothing is left. */
  async close(): Promise<void> {
    this.#closed.abort();
    const starting = this.#upstreams.all().map((upstream) => upstream.ready);
    for (const upstream of this.#upstreams.all()) void this.#end(upstream);
    await Promise.allSettled(starting);
    await Promise.allSettled(this.#ending);
  }

  #start(
    key: string,
    session: string | undefined,
    server: ServerRuntime,
    caller: Caller,
  ): PooledUpstream {
    const identity = { key, session, server, principal: caller.principal };
    const upstream = new PooledUpstream(identity);
    this.#upstreams.add(upstream);
    upstream.ready = this.#open(upstream, caller);
    // Whoever waits hears of a failure; nobody may be waiting any more.
    upstream.ready.catch(() => {});
    return upstream;
  }

  async #open(upstream: PooledUpstream, caller: Caller): Promise<OpenedUpstream> {
    const { server, key } = upstream.identity;
    try {
      await this.#deps.gate.pass(server, key, this.#closed.signal);
      await this.#makeRoom(upstream);
      return await this.#connect(upstream, caller);
    } catch (error) {
      this.#forget(upstream);
      throw error;
    }
  }

  async #connect(upstream: PooledUpstream, caller: Caller): Promise<OpenedUpstream> {
    const { server } = upstream.identity;
    this.#deps.events.starting(server);
    try {
      const opened = await this.#deps.open(server, caller, this.#listener(upstream, caller));
      if (upstream.gone) throw new UpstreamError({ ...upstream.gone, notRun: true });
      if (upstream.isEnded) throw new UpstreamError(ended(server));
      upstream.isReady = true;
      upstream.logLevel = opened.logLevel;
      this.#deps.gate.started(server);
      this.#deps.events.ready(server, opened.hello);
      this.#deps.events.opened(upstream.identity.key, opened);
      return opened;
    } catch (error) {
      throw this.#startFailed(upstream, error);
    }
  }

  #listener(upstream: PooledUpstream, caller: Caller) {
    const { server, key } = upstream.identity;
    return {
      connected: (transport: Transport) => {
        upstream.transport = transport;
        this.#deps.events.connected(server, transport);
        if (upstream.isEnded) void this.#track(transport.close());
      },
      gone: (failure: UpstreamFailure) => this.#gone(upstream, failure),
      listChanged: () => {
        if (!upstream.isRetired && !upstream.isEnded) this.#deps.events.listChanged(server, caller);
      },
      resourceUpdated: (uri: string, message: Buffer) =>
        this.#deps.events.resourceUpdated(key, uri, message),
      mayHaveMissed: () => this.#deps.events.mayHaveMissed(key),
      saidOutside: (message: OutsideMessage) => {
        const audience = audienceOf(upstream.identity, caller, message);
        this.#deps.events.saidOutside(server, message, audience);
      },
    };
  }

  async #makeRoom(upstream: PooledUpstream): Promise<void> {
    const { server } = upstream.identity;
    if (upstream.isEnded) throw new UpstreamError(ended(server));
    const { caps, isWatched } = this.#deps;
    const victims = victimsFor(upstream, this.#upstreams.all(), caps, isWatched);
    await Promise.all(victims.map((victim) => this.#end(victim)));
    if (upstream.isEnded) throw new UpstreamError(ended(server));
  }

  #startFailed(upstream: PooledUpstream, error: unknown): UpstreamError {
    const { server, key } = upstream.identity;
    const failure = failureOf(error);
    if (!upstream.isEnded) {
      const othersRun = this.of(server.name).some((other) => other.isReady);
      const nextTryAt = this.#deps.gate.startFailed({ server, key, failure, othersRun });
      this.#deps.events.startFailed(server, failure, nextTryAt);
    }
    return error instanceof UpstreamError ? error : new UpstreamError(failure, { cause: error });
  }

  #gone(upstream: PooledUpstream, failure: UpstreamFailure): void {
    if (upstream.gone || upstream.isEnded) return;
    upstream.gone = failure;
    if (!upstream.isReady) return;
    const { server, key } = upstream.identity;
    const nextTryAt = this.#deps.gate.gone(key, failure);
    this.#forget(upstream);
    this.#deps.events.gone(server, failure, nextTryAt);
    this.#deps.events.lost(key);
    void this.#track(upstream.transport?.close());
  }

  #release(upstream: PooledUpstream, idleTimeoutMs: number): void {
    upstream.leases -= 1;
    this.#uses += 1;
    upstream.lastUsed = this.#uses;
    if (!upstream.isIdle || upstream.isEnded || upstream.gone) return;
    if (upstream.isRetired) void this.#end(upstream);
    else this.#endWhenIdle(upstream, idleTimeoutMs);
  }

  #endWhenIdle(upstream: PooledUpstream, idleTimeoutMs: number): void {
    upstream.whenIdleFor(idleTimeoutMs, () => {
      const { key, server } = upstream.identity;
      if (this.#deps.isWatched(key)) {
        this.#endWhenIdle(upstream, idleTimeoutMs);
        return;
      }
      void this.#end(upstream);
      this.#deps.events.idleEnded(server);
    });
  }

  #end(upstream: PooledUpstream): Promise<void> {
    this.#forget(upstream);
    return this.#track(upstream.end());
  }

  #forget(upstream: PooledUpstream): void {
    this.#upstreams.delete(upstream);
    this.#deps.events.changed(upstream.identity.server);
  }

  async #track(end: Promise<void> | undefined): Promise<void> {
    if (!end) return;
    this.#ending.add(end);
    await end.finally(() => this.#ending.delete(end));
  }
}

function ended(server: ServerRuntime): UpstreamFailure {
  const message = `Server "${server.name}": its session ended before the upstream was ready.`;
  return { reason: 'disconnected', message, notRun: true };
}
