/** One upstream in the pool: who it is for, who uses it now, and how it ends. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { OpenedUpstream } from './open-upstream.ts';
import type { Transport } from './transport.ts';
import type { UpstreamFailure } from './upstream.ts';

export interface PooledUpstreamIdentity {
  readonly key: string;
  /** Set when only this session uses it. */
  readonly session: string | undefined;
  readonly principal: string;
  readonly server: ServerRuntime;
}

export class PooledUpstream {
  readonly identity: PooledUpstreamIdentity;
  /** Rejects with `UpstreamError` when the start fails. */
  ready: Promise<OpenedUpstream> = new Promise(() => {});
  /** From the moment that the process or session exists. */
  transport: Transport | undefined;
  /** Calls that use it or wait for it. */
  leases = 0;
  /** Grows from use to use, whichever upstream it is of. */
  lastUsed = 0;
  /** The handshake is done. */
  isReady = false;
  /** Set once it is ready, if its server logs. */
  logLevel: OpenedUpstream['logLevel'];
  /** To be ended after its last call: its server's configuration changed. */
  isRetired = false;
  /** We ended it. */
  isEnded = false;
  /** Why it went away by itself. */
  gone: UpstreamFailure | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(identity: PooledUpstreamIdentity) {
    this.identity = identity;
  }

  get isIdle(): boolean {
    return this.isReady && this.leases === 0;
  }

  whenIdleFor(ms: number, then: () => void): void {
    this.keepAwake();
    this.#idleTimer = setTimeout(then, ms);
    this.#idleTimer.unref();
  }

  keepAwake(): void {
    clearTimeout(this.#idleTimer);
  }

  /** Resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.isEnded = true;
    this.keepAwake();
    await this.transport?.close();
  }
}
