/** A supervisor under test: started, listened to, ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Role } from '../supervisor/supervised-process.ts';

export interface SupervisorProcess {
  readonly pid: number;
  /** Whether it has said that it is ready. */
  isReady(): boolean;
  /** Exit code or signal once it has ended. */
  ending(): number | NodeJS.Signals | undefined;
  readonly ended: Promise<unknown>;
  /** All that was printed so far, standard error included. */
  output(): string;
  /** Its processes at this moment, as its log lines tell. */
  processes(): Readonly<Partial<Record<Role, number>>>;
  kill(signal: NodeJS.Signals): void;
}

const MAIN = path.resolve(import.meta.dirname, '../supervisor/main.ts');
const SYSTEM_PATH = '/usr/local/sbin:/usr/sbin:/sbin';

/**
 * Starts the supervisor with `env` beside what every process needs. It ends with the test process
 * when that is killed, so that a test that hangs leaves nothing behind.
 */
export function startSupervisor(env: NodeJS.ProcessEnv): SupervisorProcess {
  const child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'TERM', '--', process.execPath, MAIN], {
    env: {
      HOME: process.env.HOME,
      PATH: `${process.env.PATH}:${SYSTEM_PATH}`,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    pid: child.pid ?? 0,
    isReady: () => /^Sluice \S+ is ready\.$/m.test(output),
    ending: () => child.signalCode ?? child.exitCode ?? undefined,
    ended: once(child, 'close'),
    output: () => output,
    processes: () => processesIn(output),
    kill: (signal) => child.kill(signal),
  };
}

function processesIn(output: string): Partial<Record<Role, number>> {
  const processes: Partial<Record<Role, number>> = {};
  for (const [line] of output.matchAll(/^\{.*"name":"supervisor".*"role":.*\}$/gm)) {
    const { role, childPid } = JSON.parse(line) as { role: Role; childPid?: number };
    if (childPid === undefined) delete processes[role];
    else processes[role] = childPid;
  }
  return processes;
}
