/** Gives root's data folder to the user that the gateway becomes: once, and nothing of anybody else's. */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
} from 'node:fs';
import path from 'node:path';
import { cantWrite, openDataFolder } from './data-folder.ts';
import { instanceId, killLeftovers } from './instance.ts';
import { runFolderPath } from './run-folder.ts';
import { StartError } from './start-error.ts';

export interface Owner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes `dataDir` (absolute) if it is missing and gives it to `owner`, with what an earlier run as
 * root left in it. In a folder that is the owner's already root touches nothing: stdio servers run
 * as the owner too, and could make links there to any file. Throws `StartError` when the folder
 * belongs to somebody else, holds other files, or is in use.
 */
export async function handOver(dataDir: string, owner: Owner): Promise<void> {
  const folder = openFolder(dataDir);
  try {
    const { uid } = fstatSync(folder);
    if (uid === owner.uid) return;
    refuseOthers(dataDir, uid, owner);
    const realPath = readlinkSync(insideOf(folder));
    if (realPath !== dataDir) {
      throw new StartError(
        `SLUICE_DATA_DIR: ${dataDir} leads over a link; name ${realPath} itself, so that nothing else is given to ${owner.name}`,
      );
    }
    refuseForeignFolder(dataDir, owner);
    await endEarlierRun(dataDir);
    for (const entry of readdirSync(insideOf(folder)))
      giveAway(path.join(insideOf(folder), entry), owner);
    fchownSync(folder, owner.uid, owner.gid);
  } finally {
    closeSync(folder);
  }
}

/** The parents of a new folder are for everybody: its owner must get there. */
function openFolder(dataDir: string): number {
  try {
    mkdirSync(path.dirname(dataDir), { recursive: true });
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openSync(dataDir, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    throw cantWrite(dataDir, error);
  }
}

/** A path that stays with the opened folder, whatever happens to its name. */
function insideOf(folder: number): string {
  return `/proc/self/fd/${folder}`;
}

function refuseOthers(dataDir: string, uid: number, owner: Owner): void {
  if (uid === 0) return;
  throw new StartError(
    `SLUICE_DATA_DIR: ${dataDir} belongs to user id ${uid}, not to ${owner.name}; give it to ${owner.name}, or name another folder`,
  );
}

/** What is in a folder before its first use: the lock, and what the operator prepared. */
const FIRST_FILE = /^(supervisor\..+|stdio-allow\.list)$/;

/** Somebody's home or `/var` must not change hands by a slip in a setting. */
function refuseForeignFolder(dataDir: string, owner: Owner): void {
  const files = readdirSync(dataDir);
  if (files.includes('sluice.db') || files.every((file) => FIRST_FILE.test(file))) return;
  throw new StartError(
    `SLUICE_DATA_DIR: ${dataDir} holds other files and does not belong to ${owner.name}; name an empty folder`,
  );
}

/** The owner could not end what ran as root. */
async function endEarlierRun(dataDir: string): Promise<void> {
  using folder = openDataFolder(dataDir);
  const id = instanceId(folder.path);
  await killLeftovers({ id, runDir: runFolderPath(folder.path, id) });
}

/** A folder after what is in it: until then nobody but root can change its entries. */
function giveAway(file: string, owner: Owner): void {
  const status = lstatSync(file);
  if (status.uid !== 0) return;
  if (status.isDirectory()) {
    for (const entry of readdirSync(file)) giveAway(path.join(file, entry), owner);
  } else if (status.nlink > 1) return; // It has another name, maybe outside of the folder.
  lchownSync(file, owner.uid, owner.gid);
}
