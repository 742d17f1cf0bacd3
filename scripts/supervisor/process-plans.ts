/** How each of the three processes is started, stopped, and cleaned up after. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RenderedNginx } from '../../nginx/render-nginx.ts';
import { type Instance, isUpstreamOf } from './instance.ts';
import { writeError, writeOutput } from './log.ts';
import { type NginxProgram, nginxArguments } from './nginx-program.ts';
import { passLines } from './pass-lines.ts';
import { killProcesses, worksIn } from './running-processes.ts';
import type { ProcessPlan } from './supervised-process.ts';

/** How long running calls may take to end before they are cut. */
const DRAIN_MS = 10_000;
const CUT_MS = 2_000;

interface NodePlanOptions {
  readonly instance: Instance;
  /** The file that Node runs, absolute. */
  readonly main: string;
  readonly environment: NodeJS.ProcessEnv;
}

export function controlPlanePlan(options: NodePlanOptions): ProcessPlan {
  return {
    role: 'control-plane',
    start: () => startNode(options),
    cleanUp: async (pid) => {
      await killProcesses(({ group }) => group === pid);
    },
    stopSignals: [['SIGTERM', DRAIN_MS]],
  };
}

export function proxyPluginPlan(options: NodePlanOptions): ProcessPlan {
  const isUpstream = isUpstreamOf(options.instance);
  return {
    role: 'proxy-plugin',
    start: () => startNode(options),
    cleanUp: async (pid) => {
      await killProcesses((running) => running.group === pid || isUpstream(running));
    },
    stopSignals: [['SIGTERM', DRAIN_MS]],
  };
}

/**
 * Almost nothing of a call outlives it, so that a small space for new objects costs no time. V8 would let
 * it grow to 128 MB.
 */
const NODE_OPTIONS = ['--max-semi-space-size=8'];

/** Nothing is ever written to its standard input: that it closes tells the child that we are gone. */
function startNode({ instance, main, environment }: NodePlanOptions): ChildProcess {
  const child = spawn(process.execPath, [...NODE_OPTIONS, main], {
    cwd: instance.sources,
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {});
  passLines(child.stdout, writeOutput);
  passLines(child.stderr, writeError);
  return child;
}

interface NginxPlanOptions {
  readonly instance: Instance;
  readonly program: NginxProgram;
  readonly files: RenderedNginx;
}

export function nginxPlan({ instance, program, files }: NginxPlanOptions): ProcessPlan {
  const command = [
    ...dyingWithParent(),
    program.binary,
    ...nginxArguments(program, files),
    '-g',
    'daemon off;',
  ];
  return {
    role: 'nginx',
    start() {
      const child = spawn(command[0] ?? program.binary, command.slice(1), {
        // Tells whose NGINX it is, see `belongsTo`.
        cwd: instance.runDir,
        env: { PATH: process.env.PATH, TZ: process.env.TZ },
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      passLines(child.stderr, writeError);
      return child;
    },
    cleanUp: async (pid) => {
      await killProcesses(
        (running) =>
          running.group === pid || (running.name === 'nginx' && worksIn(running, instance.runDir)),
      );
    },
    stopSignals: [
      ['SIGQUIT', DRAIN_MS],
      ['SIGTERM', CUT_MS],
    ],
  };
}

/**
 * NGINX does not watch its standard input, so the kernel is asked to end it gracefully when the
 * supervisor is killed. Without util-linux it goes on alone until the next start.
 */
function dyingWithParent(): readonly string[] {
  const setpriv = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'setpriv'))
    .find(existsSync);
  return setpriv ? [setpriv, '--pdeathsig', 'QUIT', '--'] : [];
}
