/** CPU time and memory of processes, from /proc. */
import { type ProcessEntry, type ProcessName, readProc, statFields } from './process-tree.ts';

export type PerProcess = Readonly<Partial<Record<ProcessName, number>>>;

/** USER_HZ is 100 on every Linux that Node supports. */
const MICROSECONDS_PER_TICK = 10_000;

/** User and system time so far (microseconds), summed by name. */
export function cpuTimeUs(processes: readonly ProcessEntry[]): PerProcess {
  return sumByName(processes, (pid) => {
    const fields = statFields(readProc(pid, 'stat') ?? '');
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MICROSECONDS_PER_TICK;
  });
}

/** Resident memory (bytes), summed by name. */
export function residentBytes(processes: readonly ProcessEntry[]): PerProcess {
  return sumByName(processes, (pid) => {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '');
    return Number(line?.[1] ?? 0) * 1024;
  });
}

/** What was added between two readings, divided by `count`. */
export function usagePer(count: number, before: PerProcess, after: PerProcess): PerProcess {
  const entries = Object.entries(after) as [ProcessName, number][];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, (value - (before[name] ?? 0)) / Math.max(1, count)]),
  );
}

export function total(usage: PerProcess, names?: readonly ProcessName[]): number {
  const entries = Object.entries(usage) as [ProcessName, number][];
  return entries
    .filter(([name]) => !names || names.includes(name))
    .reduce((sum, [, value]) => sum + value, 0);
}

function sumByName(processes: readonly ProcessEntry[], read: (pid: number) => number): PerProcess {
  const sums: Partial<Record<ProcessName, number>> = {};
  for (const { name, pid } of processes) sums[name] = (sums[name] ?? 0) + read(pid);
  return sums;
}
