/** Medians and spreads over rounds. */

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Throws on an empty list: a row without a value is a fault of the experiment. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) throw new Error('unreachable: no rounds');
  const upper = sorted[sorted.length >> 1] ?? high;
  const lower = sorted[(sorted.length - 1) >> 1] ?? low;
  return { median: (lower + upper) / 2, low, high };
}

export function median(values: readonly number[]): number {
  return spread(values).median;
}
