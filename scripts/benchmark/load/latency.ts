/** Percentiles of a run, exact: all samples are kept. */
import type { Latency } from './load.ts';

/** Nearest-rank percentiles of `samplesUs` (microseconds, any order); zeros for an empty run. */
export function summariseLatency(samplesUs: readonly number[]): Latency {
  const sorted = Float64Array.from(samplesUs).sort();
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50Us: rank(0.5), p90Us: rank(0.9), p99Us: rank(0.99), maxUs: rank(1) };
}
