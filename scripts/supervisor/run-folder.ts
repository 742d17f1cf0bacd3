/** A folder for unix sockets whose paths fit the kernel's limit, found again at the next start. */
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './start-error.ts';

/** `sun_path` holds 108 bytes, the closing zero among them. */
const LONGEST_SOCKET_PATH = 107;
const LONGEST_SOCKET_NAME = 'decision.sock';

/** `run` in the data folder; where that is too deep, a private folder in /tmp named after the instance. */
export function runFolderPath(dataDir: string, instanceId: string): string {
  const inData = path.join(dataDir, 'run');
  return fits(inData) ? inData : `/tmp/sluice-${instanceId}`;
}

/** Makes the folder. Throws `StartError` when another user has made one of that name. */
export function makeRunFolder(dataDir: string, instanceId: string): string {
  const folder = runFolderPath(dataDir, instanceId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const status = lstatSync(folder);
  const isPrivate =
    status.isDirectory() && status.uid === process.getuid?.() && (status.mode & 0o022) === 0;
  if (!isPrivate) {
    throw new StartError(
      `SLUICE_DATA_DIR: ${folder} must be a folder that only this user can write to; remove it and start again`,
    );
  }
  return folder;
}

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH;
}

/** Removes the folder with its sockets. */
export function clearRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
