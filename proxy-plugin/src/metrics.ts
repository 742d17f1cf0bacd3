/** Counters of the sidecar, reported to the control plane. */

export interface Metrics {
  count(counter: string): void;
  values(): Readonly<Record<string, number>>;
}

export function createMetrics(): Metrics {
  const counts = new Map<string, number>();
  return {
    count: (counter) => void counts.set(counter, (counts.get(counter) ?? 0) + 1),
    values: () => Object.fromEntries(counts),
  };
}
