/** The NGINX program: found on PATH, recent enough, content with its configuration. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

export interface NginxProgram {
  /** Absolute path. */
  readonly binary: string;
  /** Arguments that every call needs beside prefix and configuration. */
  readonly options: readonly string[];
}

/** What `renderNginx` wrote. */
export interface NginxFiles {
  readonly prefix: string;
  readonly config: string;
}

const run = promisify(execFile);
const NEEDED = 'NGINX 1.18 or newer is needed';
const INSTALL = 'as root: apt-get update && apt-get install -y --no-install-recommends nginx';

/** Throws `StartError` when there is no NGINX, it does not run, or it is too old. */
export async function findNginx(searchPath: string): Promise<NginxProgram> {
  const binary = searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, 'nginx'))
    .find(isExecutable);
  if (!binary) throw new StartError(`${NEEDED} and there is none on PATH; ${INSTALL}`);
  const version = await versionOf(binary);
  if (isBefore(version, [1, 18]))
    throw new StartError(`${NEEDED}, ${binary} is ${version.join('.')}`);
  // Else NGINX opens the log file of the system's own NGINX before it reads ours.
  return { binary, options: isBefore(version, [1, 19, 5]) ? [] : ['-e', 'stderr'] };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function versionOf(binary: string): Promise<readonly number[]> {
  try {
    const { stderr } = await run(binary, ['-v']);
    const version = /\/(\d+)\.(\d+)\.(\d+)/.exec(stderr);
    if (!version) throw new Error(`unexpected answer to -v: ${stderr.trim()}`);
    return version.slice(1).map(Number);
  } catch (error) {
    throw new StartError(`${NEEDED}, but ${binary} does not run: ${String(error)}`, {
      cause: error,
    });
  }
}

function isBefore(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, part] of than.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}

export function nginxArguments(
  { options }: NginxProgram,
  { prefix, config }: NginxFiles,
): readonly string[] {
  return [...options, '-p', prefix, '-c', config];
}

/** `nginx -t`. Throws `StartError` with NGINX's own words. */
export async function checkNginxConfig(program: NginxProgram, files: NginxFiles): Promise<void> {
  try {
    await run(program.binary, [...nginxArguments(program, files), '-t', '-q']);
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new StartError(`NGINX refuses ${files.config}: ${said}`, { cause: error });
  }
}
