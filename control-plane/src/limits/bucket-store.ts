/** Where buckets live: memory on one machine, a shared store on many. */

/** One bucket to charge with one unit, under a rule that may have changed since it was last charged. */
export interface Charge {
  /** Limit and counted value; the same name is the same bucket everywhere. */
  readonly bucket: string;
  /** Milliseconds per unit at the sustained rate. */
  readonly intervalMs: number;
  /** Most units at once, >= 1. */
  readonly burst: number;
  /** Exceeding it refuses nothing. */
  readonly observed: boolean;
}

/** How one bucket stands after a charge, or without one. */
export interface Standing {
  /** The unit asked for did not fit. */
  readonly exceeded: boolean;
  /** Whole units left now. */
  readonly remaining: number;
  /** Milliseconds until one more unit is free than now. */
  readonly nextMs: number;
}

export interface BucketStore {
  /**
   * Charges every bucket, or none if one that is not observed is exceeded. An observed bucket that
   * is exceeded is not charged either, so that it stands as it would if it were enforced.
   * `done` gets a standing per charge, in their order, maybe before this returns: the decision
   * must not pay for a promise when the buckets are in memory.
   */
  charge(charges: readonly Charge[], done: (standings: readonly Standing[]) => void): void;
  /** How the buckets would stand, without charging any. */
  peek(charges: readonly Charge[], done: (standings: readonly Standing[]) => void): void;
}
