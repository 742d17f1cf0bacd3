/** The most memory that processes held since a moment, as the kernel itself keeps it. */
import { writeFileSync } from 'node:fs';
import { type ProcessEntry, readProc } from './process-tree.ts';

/** Starts anew: the peak is what is resident now (`clear_refs` 5, proc(5)). */
export function resetPeak(processes: readonly ProcessEntry[]): void {
  for (const { pid } of processes) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Bytes, summed over the processes. */
export function peakBytes(processes: readonly ProcessEntry[]): number {
  return processes.reduce((sum, { pid }) => {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '');
    return sum + Number(line?.[1] ?? 0) * 1024;
  }, 0);
}
