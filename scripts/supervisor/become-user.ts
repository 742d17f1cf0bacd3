/** Leaves root for `SLUICE_USER`: from here on nothing of the gateway runs as root. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { handOver } from './hand-over.ts';
import { reasonOf, StartError } from './start-error.ts';

/**
 * Becomes that user, for good; `dataDir` is made and given to the user before, when it is not the
 * user's yet. `sources` is what the user must be able to read. Throws `StartError` when there is no
 * such user, when the folder can't be given away, or when the sources can't be read.
 */
export async function becomeUser(user: string, dataDir: string, sources: string): Promise<void> {
  const [uid] = idsOf(user, '-u');
  const [gid] = idsOf(user, '-g');
  await handOver(dataDir, { name: user, uid, gid });
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
