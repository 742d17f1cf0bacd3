/** Every call of the load: how it ended, and which endings nothing explains. */
import type { Reply } from './clients/client.ts';

export interface CallOutcome {
  /** `broken`: the connection was cut. */
  readonly kind: Reply['kind'] | 'broken';
  readonly server: string;
  readonly text: string;
  /** `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A time in which calls of some servers may fail. */
export interface Disturbance {
  /** Undefined = every server. */
  readonly server: string | undefined;
  readonly from: number;
  readonly to: number;
}

export interface CallTally {
  add(outcome: CallOutcome): void;
  /** How many calls ended so. */
  count(kind: CallOutcome['kind']): number;
  /** Unclear ones, and those that failed without a disturbance; of a `hostile` server only the former. */
  faults(disturbances: readonly Disturbance[], hostile: string): readonly CallOutcome[];
}

export function createCallTally(): CallTally {
  const counts = new Map<CallOutcome['kind'], number>();
  const failed: CallOutcome[] = [];
  return {
    add(outcome) {
      counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1);
      if (outcome.kind !== 'answered') failed.push(outcome);
    },
    count: (kind) => counts.get(kind) ?? 0,
    faults: (disturbances, hostile) =>
      failed.filter((outcome) => {
        if (outcome.kind === 'unclear') return true;
        if (outcome.kind === 'refused' && outcome.server === hostile) return false;
        return !disturbances.some((disturbance) => explains(disturbance, outcome));
      }),
  };
}

function explains({ server, from, to }: Disturbance, outcome: CallOutcome): boolean {
  const isConcerned = server === undefined || server === outcome.server;
  return isConcerned && outcome.startedAt <= to && outcome.endedAt >= from;
}
