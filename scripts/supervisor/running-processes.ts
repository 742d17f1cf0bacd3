/** The processes of this machine as `/proc` shows them: who is left of an earlier or crashed run. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  readonly pid: number;
  /** Name of the program, at most 15 characters. */
  readonly name: string;
  readonly parent: number;
  /** Process group. */
  readonly group: number;
}

type Predicate = (running: RunningProcess) => boolean;

/** Every process that runs; zombies have ended already. */
export function runningProcesses(): readonly RunningProcess[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => readProcess(Number(entry)))
    .filter((running) => running !== undefined);
}

function readProcess(pid: number): RunningProcess | undefined {
  const stat = readProc(pid, 'stat');
  // pid (name) state parent group …; the name may hold spaces and parentheses itself.
  const nameEnd = stat.lastIndexOf(')');
  const [state, parent, group] = stat.slice(nameEnd + 2).split(' ');
  if (nameEnd < 0 || state === 'Z' || state === 'X') return undefined;
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    parent: Number(parent),
    group: Number(group),
  };
}

/** Empty when the process is gone or not ours to read. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

/** Whether the process was started with an environment variable that begins with one of `marks` (`NAME=value`). */
export function hasMark({ pid }: RunningProcess, marks: readonly string[]): boolean {
  const environment = `\0${readProc(pid, 'environ')}`;
  return marks.some((mark) => environment.includes(`\0${mark}`));
}

/** Whether the process works in `folder`. */
export function worksIn({ pid }: RunningProcess, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}

const POLL_MS = 10;

/**
 * Kills every process that matches, what it has in its process group, and those they start meanwhile,
 * with SIGKILL. Resolves with the pids it met once none is left, or after `withinMs` (a process may
 * hang in the kernel).
 */
export async function killProcesses(
  matches: Predicate,
  withinMs = 3_000,
): Promise<ReadonlySet<number>> {
  const met = new Set<number>();
  const groups = new Set<number>();
  const deadline = performance.now() + withinMs;
  for (;;) {
    const left = condemned(matches, groups);
    if (left.length === 0 || performance.now() > deadline) return met;
    for (const { pid } of left) {
      met.add(pid);
      kill(pid);
    }
    await sleep(POLL_MS);
  }
}

/** A helper that was started with an environment of its own lacks the mark, but not the group: `groups` learns it. */
function condemned(matches: Predicate, groups: Set<number>): readonly RunningProcess[] {
  const running = runningProcesses();
  const own = running.find(({ pid }) => pid === process.pid);
  const others = running.filter((one) => one !== own);
  const matching = new Set(others.filter(matches));
  for (const { group } of matching) if (group !== own?.group) groups.add(group);
  return others.filter((one) => matching.has(one) || groups.has(one.group));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended by itself in between.
  }
}
