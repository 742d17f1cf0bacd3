/** Puts processes on one core, all their threads included. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs `work` while all of `pids` share the first core, then frees them again. */
export async function pinned<T>(pids: readonly number[], work: () => Promise<T>): Promise<T> {
  await setCores(pids, '0');
  try {
    return await work();
  } finally {
    await setCores(pids, `0-${availableParallelism() - 1}`);
  }
}

async function setCores(pids: readonly number[], cores: string): Promise<void> {
  for (const pid of pids) {
    await run('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)]);
  }
}
