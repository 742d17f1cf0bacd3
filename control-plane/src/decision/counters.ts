/** Counters of the decision loop, by metric name with labels as Prometheus writes them. */

export interface Counters {
  /** One more of `sample`, as `sampleName` makes it. */
  add(sample: string): void;
  values(): Readonly<Record<string, number>>;
}

export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    add: (sample) => counts.set(sample, (counts.get(sample) ?? 0) + 1),
    values: () => Object.fromEntries(counts),
  };
}

/** Labels hold reasons, modes and names of limits: few, chosen by operators, never a secret. */
export function sampleName(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return `${name}{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
}
