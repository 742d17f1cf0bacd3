/** Memory once it has stopped moving: what load has left behind is given back over some seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessEntry } from './process-tree.ts';
import { type PerProcess, residentBytes, total } from './usage.ts';

const STEP_MS = 500;
const MOST_STEPS = 20;
/** Bytes between two readings that count as standing still. */
const STILL = 500_000;

/** Reads until two readings agree, at most ten seconds. */
export async function settledMemory(processes: readonly ProcessEntry[]): Promise<PerProcess> {
  let before = residentBytes(processes);
  for (let step = 0; step < MOST_STEPS; step++) {
    await sleep(STEP_MS);
    const now = residentBytes(processes);
    if (Math.abs(total(now) - total(before)) < STILL) return now;
    before = now;
  }
  return before;
}
