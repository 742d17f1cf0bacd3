/** Leaves root for `SLUICE_USER`: from here on nothing of the gateway runs as root. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { reasonOf, StartError } from './start-error.ts';

/**
 * Gives `dataDir` to the user and becomes that user, for good. `sources` is what the user must be
 * able to read. Throws `StartError` when there is no such user, when the folder holds foreign files,
 * or when the sources can't be read.
 */
export function becomeUser(user: string, dataDir: string, sources: string): void {
  const [uid] = idsOf(user, '-u');
  const [gid] = idsOf(user, '-g');
  if (lstatSync(dataDir).uid !== uid) refuseForeignFolder(dataDir, user);
  giveAway(dataDir, uid, gid);
  process.setgroups?.(idsOf(user, '-G'));
  process.setgid?.(gid);
  process.setuid?.(uid);
  Object.assign(process.env, { HOME: userInfo().homedir, USER: user, LOGNAME: user });
  try {
    accessSync(path.join(sources, 'package.json'), constants.R_OK);
    accessSync(process.execPath, constants.X_OK);
  } catch (error) {
    throw new StartError(
      `SLUICE_USER: ${user} can't read ${sources}: ${reasonOf(error)}; move it to where everybody may read`,
      { cause: error },
    );
  }
}

/** By the system's own program, which also knows users that are in no file (LDAP, systemd). At least one id. */
function idsOf(user: string, option: '-u' | '-g' | '-G'): [number, ...number[]] {
  try {
    const ids = execFileSync('id', [option, '--', user], { encoding: 'utf8', stdio: 'pipe' });
    const [first, ...others] = ids.trim().split(' ').map(Number);
    if (first === undefined || Number.isNaN(first)) throw new Error(`no number: ${ids}`);
    return [first, ...others];
  } catch (error) {
    throw new StartError(`SLUICE_USER: there is no user ${user}`, { cause: error });
  }
}

/** What is in a folder before its first use: the lock, and what the operator prepared. */
const FIRST_FILE = /^(supervisor\..+|stdio-allow\.list)$/;

/** Somebody's home or `/var` must not change hands by a slip in a setting. */
function refuseForeignFolder(dataDir: string, user: string): void {
  const files = readdirSync(dataDir);
  if (files.includes('sluice.db') || files.every((file) => FIRST_FILE.test(file))) return;
  throw new StartError(
    `SLUICE_DATA_DIR: ${dataDir} holds other files and does not belong to ${user}; name an empty folder`,
  );
}

/** Links are neither followed nor given away: whoever owned the folder could have made them to any file. */
function giveAway(file: string, uid: number, gid: number): void {
  const status = lstatSync(file);
  const isFolder = status.isDirectory();
  if (status.uid !== uid && (isFolder || status.nlink === 1)) lchownSync(file, uid, gid);
  if (isFolder) {
    for (const entry of readdirSync(file)) giveAway(path.join(file, entry), uid, gid);
  }
}
