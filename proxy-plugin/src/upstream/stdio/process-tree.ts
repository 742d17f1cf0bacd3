/** Ends a child with everything it started: its process group, and every process that carries its mark. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Environment variable that every child and, by inheritance, its descendants carry. */
export const MARK_VARIABLE = 'SLUICE_UPSTREAM_ID';

export interface ProcessTree {
  /** Leader of the process group. */
  readonly pid: number;
  /** Value of `MARK_VARIABLE`, unique per child. */
  readonly mark: string;
}

/** How long a tree may take to end after its stdin was closed, after SIGTERM, and after SIGKILL. */
export const END_GRACE_MS = { stdin: 1_000, terminate: 1_000, kill: 2_000 };

/** Waits for the leader to go by itself (its stdin is closed), then ends what is left of its tree. */
export async function endProcessTree(tree: ProcessTree, leaderExit: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const grace = sleep(END_GRACE_MS.stdin, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([leaderExit, grace]);
  timer.abort();
  if (await ended(tree, 0)) return;
  await signalTree(tree, 'SIGTERM');
  if (await ended(tree, END_GRACE_MS.terminate)) return;
  // A process may fork while it is being killed, so killing is repeated until nothing is found.
  const deadline = Date.now() + END_GRACE_MS.kill;
  do await signalTree(tree, 'SIGKILL');
  while (!(await ended(tree, 50)) && Date.now() < deadline);
}

/**
 * Pids of live processes whose environment holds the mark; with `prefix`, those of every child of the
 * instance that `mark` names.
 */
export async function findMarked(
  mark: string,
  match: 'whole' | 'prefix' = 'whole',
): Promise<number[]> {
  const wanted = `${MARK_VARIABLE}=${mark}${match === 'whole' ? '\0' : '.'}`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Processes of other users, and those that just ended, can't be read and are not ours.
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return environment.startsWith(wanted) || environment.includes(`\0${wanted}`);
    }),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}

async function ended(tree: ProcessTree, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    if (!isGroupAlive(tree.pid) && (await findMarked(tree.mark)).length === 0) return true;
    if (Date.now() >= deadline) return false;
    await sleep(pauseMs);
  }
}

/** Sends a signal to everything of the tree that there is. */
export async function signalTree(tree: ProcessTree, name: NodeJS.Signals): Promise<void> {
  send(-tree.pid, name);
  for (const pid of await findMarked(tree.mark)) send(pid, name);
}

function isGroupAlive(pid: number): boolean {
  return send(-pid, 0);
}

/** False when there is no such process (any more). */
function send(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
