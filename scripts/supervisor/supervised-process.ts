/** One process that is meant to run always: started, watched, cleaned up after, started again. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBackOff } from './back-off.ts';
import type { Log } from './log.ts';
import { reasonOf } from './start-error.ts';

export type Role = 'control-plane' | 'proxy-plugin' | 'nginx';

export interface ProcessPlan {
  readonly role: Role;
  /** Starts the process in a process group of its own. */
  start(): ChildProcess;
  /** Removes what the process with this id left behind when it ended. */
  cleanUp(pid: number): Promise<void>;
  /** Signals that end it, each with the milliseconds it has for that; SIGKILL follows. */
  readonly stopSignals: readonly (readonly [NodeJS.Signals, number])[];
}

/** How a process ended by itself. */
export interface Ending {
  readonly role: Role;
  /** Exit code, signal, or the error that kept it from starting. */
  readonly cause: string;
  /** Whether it chose to end with an error: not signalled, not a clean exit. */
  readonly failed: boolean;
}

export interface SupervisedProcess {
  /** Ends the process and its group and starts it no more. `hurry` skips to SIGKILL. */
  stop(hurry: AbortSignal): Promise<void>;
}

interface SuperviseOptions {
  readonly log: Log;
  /** Asked at each ending that nobody asked for. */
  readonly onEnd: (ending: Ending) => 'restart' | 'leave';
}

/** Starts the process of `plan` and keeps it running until stopped. */
export function superviseProcess(
  plan: ProcessPlan,
  { log, onEnd }: SuperviseOptions,
): SupervisedProcess {
  const { role } = plan;
  const stopping = new AbortController();
  const nextDelayMs = createBackOff();
  let child: ChildProcess | undefined;
  /** A process that has ended, and what it left behind is still there. */
  let endedPid: number | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      const ending = await runOnce();
      if (stopping.signal.aborted) return;
      if (onEnd(ending) === 'leave') return;
      const delayMs = nextDelayMs(performance.now() - startedAt);
      log.warn(`${role} ended (${ending.cause}); starting it again in ${delayMs} ms`, { role });
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  /** Out of descriptors or memory, starting and cleaning up can throw: an ending like any other. */
  async function runOnce(): Promise<Ending> {
    try {
      await cleanUp();
      child = plan.start();
      const { pid } = child;
      if (pid !== undefined) log.info(`${role} started`, { role, childPid: pid });
      const ending = await endingOf(role, child);
      child = undefined;
      endedPid = pid;
      await cleanUp();
      return ending;
    } catch (error) {
      return { role, cause: reasonOf(error), failed: true };
    }
  }

  async function cleanUp(): Promise<void> {
    if (endedPid === undefined) return;
    await plan.cleanUp(endedPid);
    endedPid = undefined;
  }

  const running = run();
  return {
    async stop(hurry) {
      stopping.abort();
      for (const [signal, withinMs] of plan.stopSignals) {
        if (!child || hurry.aborted) break;
        child.kill(signal);
        await settledWithin(running, withinMs, hurry);
      }
      child?.kill('SIGKILL');
      await running;
    },
  };
}

function endingOf(role: Role, child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ role, cause: signal ?? `exit code ${code}`, failed: code !== null && code !== 0 });
    });
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ role, cause: error.message, failed: true });
    });
  });
}

/** Waits for `work`, but no longer than `withinMs` and only until `hurry`. */
async function settledWithin(
  work: Promise<void>,
  withinMs: number,
  hurry: AbortSignal,
): Promise<void> {
  const timer = new AbortController();
  const signal = AbortSignal.any([timer.signal, hurry]);
  await Promise.race([work, sleep(withinMs, undefined, { signal }).catch(() => {})]);
  timer.abort();
}
