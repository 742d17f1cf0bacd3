/** The data folder: made at the first start, used by one gateway at a time. */
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reasonOf, StartError } from './start-error.ts';

export interface DataFolder extends Disposable {
  /** Real path. */
  readonly path: string;
}

const LOCK_FILE = 'supervisor.lock';
const PID_FILE = 'supervisor.pid';

/**
 * Makes the folder if it is missing (0700) and locks it until disposed of or until this process ends, however it ends.
 * Throws `StartError` when it can't be written, when root would write into somebody's folder, or when
 * another process has it.
 */
export function openDataFolder(wanted: string): DataFolder {
  const folder = makeFolder(wanted);
  const pidFile = path.join(folder, PID_FILE);
  const lock = lockFolder(folder);
  writePid(pidFile, `${process.pid}\n`);
  return {
    path: folder,
    [Symbol.dispose]() {
      writePid(pidFile, '');
      lock.close();
    },
  };
}

/** Only for people and for the message of a refused start: the lock itself is elsewhere. */
function writePid(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    // A full disk must not keep the gateway from starting or stopping.
  }
}

function makeFolder(wanted: string): string {
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    accessSync(wanted, constants.R_OK | constants.W_OK | constants.X_OK);
    const folder = realpathSync(wanted);
    refuseRootInOthers(folder);
    return folder;
  } catch (error) {
    throw cantWrite(wanted, error);
  }
}

/** Root's files in it would lock its owner out, and its owner's links would lead root astray. */
function refuseRootInOthers(folder: string): void {
  const { uid } = statSync(folder);
  if (process.getuid?.() !== 0 || uid === 0) return;
  throw new StartError(
    `SLUICE_DATA_DIR: ${folder} belongs to user id ${uid}; start as that user, set SLUICE_USER to that user, or name another folder`,
  );
}

export function cantWrite(folder: string, error: unknown): StartError {
  if (error instanceof StartError) return error;
  return new StartError(
    `SLUICE_DATA_DIR: can't write to ${folder}: ${reasonOf(error)}; make it writable or name another folder`,
    { cause: error },
  );
}

/** Node has no file locks of its own, SQLite has: the kernel releases them with the process. */
function lockFolder(folder: string): DatabaseSync {
  try {
    const lock = new DatabaseSync(path.join(folder, LOCK_FILE), { timeout: 0 });
    lock.exec('BEGIN IMMEDIATE');
    return lock;
  } catch (error) {
    if (!isBusy(error)) {
      throw new StartError(
        `SLUICE_DATA_DIR: can't lock ${path.join(folder, LOCK_FILE)}: ${reasonOf(error)}`,
        {
          cause: error,
        },
      );
    }
    const pid = readFileSync(path.join(folder, PID_FILE), 'utf8').trim() || 'not known yet';
    throw new StartError(
      `SLUICE_DATA_DIR: ${folder} is in use by the gateway with process id ${pid}; stop that one, or name another folder`,
      { cause: error },
    );
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
