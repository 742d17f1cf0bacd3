/** Collects what the experiments find; the tables and the JSON file are made of it. */
import type { PerProcess } from '../processes/usage.ts';
import type { RowId } from './budget.ts';

export interface Finding {
  readonly row: RowId;
  /** One value per round. */
  readonly values: readonly number[];
}

export interface Throughput {
  readonly label: string;
  readonly perSecond: readonly number[];
  readonly p50Us: readonly number[];
  readonly p99Us: readonly number[];
  /** Microseconds of CPU per request, median over the rounds. */
  readonly cpuUs: PerProcess;
  /** By kind, over all rounds. */
  readonly errors: Readonly<Record<string, number>>;
  /** What the first wrong reply said. */
  readonly firstError: string | undefined;
}

export interface Memory {
  readonly label: string;
  readonly bytes: PerProcess;
}

export interface Journal {
  readonly findings: Finding[];
  readonly throughput: Throughput[];
  readonly memory: Memory[];
  /** Sentences: what could not be measured here, and why. */
  readonly notes: string[];
  /** Experiments that did not work. */
  readonly failures: string[];
}

export function createJournal(): Journal {
  return { findings: [], throughput: [], memory: [], notes: [], failures: [] };
}
