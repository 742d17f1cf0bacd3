/** Counters of the sidecar by metric name with labels as Prometheus writes them, reported to the control plane. */

export interface Metrics {
  /** One more of `sample`, for instance `sluice_calls_total{outcome="ok"}`. */
  count(sample: string): void;
  values(): Readonly<Record<string, number>>;
}

export function createMetrics(): Metrics {
  const counts = new Map<string, number>();
  return {
    count: (sample) => void counts.set(sample, (counts.get(sample) ?? 0) + 1),
    values: () => Object.fromEntries(counts),
  };
}
