/** The upstreams of the pool: by key, and by the session that alone uses them. */
import type { PooledUpstream } from './pooled-upstream.ts';

export class UpstreamIndex {
  /** In order of creation. */
  readonly #byKey = new Map<string, PooledUpstream>();
  /** Under `undefined`: those that several sessions may use. */
  readonly #bySession = new Map<string | undefined, Set<PooledUpstream>>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): PooledUpstream | undefined {
    return this.#byKey.get(key);
  }

  all(): PooledUpstream[] {
    return [...this.#byKey.values()];
  }

  /** Those that only this session uses; of `undefined`, those that several may. */
  ofSession(session: string | undefined): readonly PooledUpstream[] {
    return [...(this.#bySession.get(session) ?? [])];
  }

  /** Nothing else may have its key. */
  add(upstream: PooledUpstream): void {
    const { key, session } = upstream.identity;
    this.#byKey.set(key, upstream);
    const companions = this.#bySession.get(session) ?? new Set();
    this.#bySession.set(session, companions.add(upstream));
  }

  /** Does nothing when it is not there, though another one of its key may be. */
  delete(upstream: PooledUpstream): void {
    const { key, session } = upstream.identity;
    if (this.#byKey.get(key) !== upstream) return;
    this.#byKey.delete(key);
    const companions = this.#bySession.get(session);
    companions?.delete(upstream);
    if (companions?.size === 0) this.#bySession.delete(session);
  }
}
