/** Starts the process of a stdio server: no shell, its own process group, a minimal environment. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { notRun, type UpstreamError } from '../upstream-error.ts';

/** Rejects with `UpstreamError` (`start_failed`) naming the command or the working directory. */
export async function spawnChild(
  server: ServerRuntime,
  env: Readonly<Record<string, string>>,
): Promise<ChildProcessWithoutNullStreams> {
  const { command, cwd } = server;
  if (!command) throw startFailed(server, 'it has no command. Set `command`');
  if (cwd !== undefined && !(await isFolder(cwd))) {
    throw startFailed(
      server,
      `its working directory ${JSON.stringify(cwd)} is not a folder. Check \`cwd\``,
    );
  }
  if (holdsNul(server, env)) {
    throw startFailed(server, 'its command, arguments or environment hold a NUL character');
  }
  const child = spawn(command, server.args, {
    shell: false,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child));
    child.once('error', (error) => reject(startFailed(server, spawnProblem(command, error))));
  });
}

/** `spawn` would throw, and its error quotes the value, which may be a secret. */
function holdsNul(server: ServerRuntime, env: Readonly<Record<string, string>>): boolean {
  const { command = '', cwd = '', args } = server;
  return [command, cwd, ...args, ...Object.entries(env).flat()].some((text) => text.includes('\0'));
}

function spawnProblem(command: string, error: NodeJS.ErrnoException): string {
  const name = JSON.stringify(command);
  switch (error.code) {
    case 'ENOENT':
      return `there is no command ${name} on the gateway's machine. Install it, or check \`command\` and PATH`;
    case 'EACCES':
      return `the command ${name} may not be executed by the gateway's user`;
    default:
      return `the command ${name} can't be run (${error.code ?? 'unknown error'})`;
  }
}

function startFailed(server: ServerRuntime, why: string): UpstreamError {
  return notRun('start_failed', `Server "${server.name}" did not start: ${why}.`);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
