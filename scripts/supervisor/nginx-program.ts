/** The NGINX program: found on PATH, content with its configuration. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inspectNginx } from '../../nginx/inspect-nginx.ts';
import type { RenderedNginx } from '../../nginx/render-nginx.ts';
import { StartError } from './start-error.ts';

export interface NginxProgram {
  /** Absolute path. */
  readonly binary: string;
  /** Arguments that every call needs beside prefix and configuration. */
  readonly options: readonly string[];
}

const run = promisify(execFile);
const MISSING =
  'NGINX is needed and there is none on PATH; as root: apt-get update && apt-get install -y --no-install-recommends nginx';

/** Throws `StartError` when there is no NGINX on `searchPath`, `Error` when it can't be used. */
export async function findNginx(searchPath: string): Promise<NginxProgram> {
  const binary = searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, 'nginx'))
    .find(isExecutable);
  if (!binary) throw new StartError(MISSING);
  const { version } = await inspectNginx(binary);
  // Else NGINX opens the log file of the system's own NGINX before it reads ours.
  return { binary, options: knowsErrorOption(version) ? ['-e', 'stderr'] : [] };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `-e` came with 1.19.5. */
function knowsErrorOption(version: string): boolean {
  return version.localeCompare('1.19.5', 'en', { numeric: true }) >= 0;
}

export function nginxArguments(
  { options }: NginxProgram,
  { prefix, config }: RenderedNginx,
): readonly string[] {
  return [...options, '-p', prefix, '-c', config];
}

/** `nginx -t`. Throws `StartError` with NGINX's own words. */
export async function checkNginxConfig(program: NginxProgram, files: RenderedNginx): Promise<void> {
  try {
    await run(program.binary, [...nginxArguments(program, files), '-t', '-q']);
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new StartError(`NGINX refuses ${files.config}: ${said}`, { cause: error });
  }
}
