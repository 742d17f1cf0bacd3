/** The line that says what a result was measured on. */
import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly nginx: string;
  /** One-minute load average before the first run: above 0.3 others were at work. */
  readonly loadBefore: number;
}

export async function readMachine(): Promise<Machine> {
  const { stderr } = await promisify(execFile)('nginx', ['-v']);
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    node: process.version,
    nginx: /nginx\/(\S+)/.exec(stderr)?.[1] ?? 'unknown',
    loadBefore: os.loadavg()[0] ?? 0,
  };
}

export function machineLine(machine: Machine): string {
  const { cores, cpu, memoryGb, kernel, node, nginx, loadBefore } = machine;
  return (
    `${cores} × ${cpu}, ${memoryGb} GB, Linux ${kernel}, Node ${node}, nginx ${nginx}, ` +
    `load before ${loadBefore.toFixed(2)}`
  );
}
