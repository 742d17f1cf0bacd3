import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterEach, it } from 'node:test';
import { waitFor } from '../testing/wait-for.ts';
import { hasMark, killProcesses, runningProcesses } from './running-processes.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const { pid = 0 } of started.splice(0)) {
    if (inGroup(pid).length > 0) process.kill(-pid, 'SIGKILL');
  }
});

const inGroup = (group: number) => runningProcesses().filter((running) => running.group === group);

/** Runs `script` in a process group of its own, whose processes are marked unless they drop their environment. */
async function startGroup(script: string, mark: string, size: number): Promise<number> {
  const env = { PATH: process.env.PATH, TEST_MARK: mark };
  const child = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore', env });
  started.push(child);
  const { pid } = child;
  assert.ok(pid);
  await waitFor(() => inGroup(pid).length === size, 'its processes');
  return pid;
}

it('a group dies with a marked process in it, members without the mark included', async () => {
  const mark = randomUUID();
  const group = await startGroup('env -i sleep 60 & sleep 60 & wait', mark, 3);
  const met = await killProcesses((running) => hasMark(running, [`TEST_MARK=${mark}`]));
  assert.equal(met.size, 3);
  assert.deepEqual(inGroup(group), []);
});

it('the group of whoever cleans up is spared', async () => {
  const mark = randomUUID();
  const child = spawn('sleep', ['60'], { stdio: 'ignore', env: { TEST_MARK: mark } });
  assert.deepEqual(
    await killProcesses((running) => hasMark(running, [`TEST_MARK=${mark}`])),
    new Set([child.pid]),
  );
});
