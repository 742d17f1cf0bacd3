import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { it } from 'node:test';
import { waitFor } from '../testing/wait-for.ts';
import { createLog } from './log.ts';
import { type Ending, type ProcessPlan, superviseProcess } from './supervised-process.ts';

const plan: ProcessPlan = {
  role: 'nginx',
  start: () => spawn('sleep', ['60'], { stdio: 'ignore', detached: true }),
  cleanUp: async () => {},
  stopSignals: [['SIGTERM', 1_000]],
};

/** Supervises `plan` with some of it replaced, and keeps what is told about it. */
function supervise(faulty: Partial<ProcessPlan>, after: 'restart' | 'leave' = 'restart') {
  const endings: Ending[] = [];
  const lines: string[] = [];
  const supervised = superviseProcess(
    { ...plan, ...faulty },
    {
      log: createLog((line) => lines.push(line)),
      onEnd(ending) {
        endings.push(ending);
        return after;
      },
    },
  );
  return {
    endings,
    started: () => lines.filter((line) => line.includes('nginx started')).length,
    stop: () => supervised.stop(new AbortController().signal),
  };
}

it('a start that throws is an ending with its reason, and is tried again', async () => {
  let tries = 0;
  const nginx = supervise({
    start() {
      if (++tries === 1) throw new Error('spawn E2BIG');
      return plan.start();
    },
  });
  await waitFor(() => nginx.started() === 1, 'the second try');
  assert.deepEqual(nginx.endings, [{ role: 'nginx', cause: 'spawn E2BIG', failed: true }]);
  await nginx.stop();
});

it('a program that is not there is an ending, not the end of the supervisor', async () => {
  const nginx = supervise({ start: () => spawn('/nowhere/nginx') }, 'leave');
  const [ending] = await waitFor(() => nginx.endings[0] && nginx.endings, 'the ending');
  assert.match(ending?.cause ?? '', /ENOENT/);
  await nginx.stop();
});

it('nothing is started again before what the last one left behind is cleaned up', async () => {
  const order: string[] = [];
  const nginx = supervise({
    start() {
      order.push('start');
      return order.length === 1 ? spawn('true', { stdio: 'ignore' }) : plan.start();
    },
    async cleanUp() {
      order.push('clean up');
      if (order.length === 2) throw new Error('EMFILE: too many open files');
    },
  });
  await waitFor(() => nginx.started() === 2, 'the second process');
  assert.deepEqual(order, ['start', 'clean up', 'clean up', 'start']);
  assert.match(nginx.endings[0]?.cause ?? '', /too many open files/);
  await nginx.stop();
});

it('stopping works while starting does not', async () => {
  const nginx = supervise({
    start() {
      throw new Error('spawn E2BIG');
    },
  });
  await waitFor(() => nginx.endings.length >= 2, 'two tries');
  await nginx.stop();
});
