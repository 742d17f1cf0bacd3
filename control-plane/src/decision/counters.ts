/** Counters of the decision loop, by metric name with labels as Prometheus writes them. */

export interface Counters {
  add(name: string, labels?: Readonly<Record<string, string>>): void;
  values(): Readonly<Record<string, number>>;
}

/** Labels hold reasons, modes and names of limits: few, chosen by operators, never a secret. */
export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    add(name, labels = {}) {
      const sample = sampleName(name, labels);
      counts.set(sample, (counts.get(sample) ?? 0) + 1);
    },
    values: () => Object.fromEntries(counts),
  };
}

function sampleName(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n');
}
