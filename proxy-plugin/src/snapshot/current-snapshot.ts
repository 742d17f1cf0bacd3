/** The configuration that this sidecar runs on right now, and who waits for a newer one. */
import {
  applyChange,
  EMPTY_SNAPSHOT,
  type Snapshot,
  type SnapshotChange,
} from '@sluice/contract/snapshot';

export interface CurrentSnapshot {
  readonly value: Snapshot;
  replace(snapshot: Snapshot): void;
  apply(change: SnapshotChange): void;
  /** True once the version is there, false if it does not come in time. */
  waitFor(version: number): Promise<boolean>;
}

/** A decision on a newer version came before the version itself: it is on its way. */
const CATCH_UP_MS = 1_000;

/** `onChange` gets the snapshot before and after each step. */
export function createCurrentSnapshot(
  onChange: (before: Snapshot, after: Snapshot) => void,
): CurrentSnapshot {
  let value = EMPTY_SNAPSHOT;
  const waiting = new Set<() => void>();
  const set = (next: Snapshot) => {
    const before = value;
    value = next;
    onChange(before, next);
    for (const check of [...waiting]) check();
  };
  return {
    get value() {
      return value;
    },
    replace: set,
    apply: (change) => set(applyChange(value, change)),
    waitFor(version) {
      if (value.version >= version) return Promise.resolve(true);
      return new Promise((resolve) => {
        const finish = (arrived: boolean) => {
          waiting.delete(check);
          clearTimeout(timer);
          resolve(arrived);
        };
        const check = () => {
          if (value.version >= version) finish(true);
        };
        const timer = setTimeout(() => finish(false), CATCH_UP_MS);
        waiting.add(check);
      });
    },
  };
}
