/** The sidecars whose channel is up: what each has acknowledged, and who waits for it. */
import type { ControlMessages, Messages } from '@sluice/contract/frames';
import type { Connection } from './connection.ts';

export interface Sidecar {
  readonly replica: string;
  readonly connection: Connection;
  /** Snapshot version it runs on. */
  version: number;
  /** Its last report. */
  metrics: Readonly<Record<string, number>>;
}

export interface Sidecars {
  /** A sidecar of the same replica goes: it is a former life of this one. */
  add(sidecar: Sidecar): void;
  remove(sidecar: Sidecar): void;
  acknowledged(sidecar: Sidecar, version: number): void;
  all(): readonly Sidecar[];
  broadcast<T extends keyof ControlMessages>(type: T, message: Messages[T]): void;
  /** True when all that are connected run on `version`; false if that takes longer than `timeoutMs`. */
  reached(version: number, timeoutMs: number): Promise<boolean>;
}

interface Waiter {
  readonly version: number;
  settle(reached: boolean): void;
}

export function createSidecars(): Sidecars {
  const sidecars = new Set<Sidecar>();
  const waiters = new Set<Waiter>();
  const isReached = (version: number) =>
    [...sidecars].every((sidecar) => sidecar.version >= version);
  const settleReached = () => {
    for (const waiter of waiters) if (isReached(waiter.version)) waiter.settle(true);
  };
  return {
    add(sidecar) {
      for (const former of sidecars) {
        if (former.replica !== sidecar.replica) continue;
        sidecars.delete(former);
        former.connection.end();
      }
      sidecars.add(sidecar);
    },
    remove(sidecar) {
      sidecars.delete(sidecar);
      settleReached();
    },
    acknowledged(sidecar, version) {
      sidecar.version = version;
      settleReached();
    },
    all: () => [...sidecars],
    broadcast(type, message) {
      for (const { connection } of sidecars) connection.send(type, message);
    },
    reached(version, timeoutMs) {
      if (isReached(version)) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => waiter.settle(false), timeoutMs);
        const waiter: Waiter = {
          version,
          settle(reached) {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(reached);
          },
        };
        waiters.add(waiter);
      });
    },
  };
}
