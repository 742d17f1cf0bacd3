/** Files that hold a secret: 0600, written whole or not at all, never overwritten. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A secret file that can't be used; the message says which, why and what to do. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/**
 * Creates `path` with `text`, on disk when this returns. False if the file exists already: a link
 * to a complete file either appears or fails, so of two racing starts one wins and none reads half.
 */
export function createSecretFile(path: string, text: string): boolean {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    syncFolder(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new SecretFileError(`cannot create ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    removeIfThere(draft);
  }
}

/** The text of a secret file, or undefined if there is none. Refuses one that others can read. */
export function readSecretFile(path: string): string | undefined {
  try {
    const mode = statSync(path).mode & 0o777;
    if (mode & 0o077) {
      throw new SecretFileError(
        `${path} is open to other users (mode ${mode.toString(8)}). Run: chmod 600 ${path}`,
      );
    }
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SecretFileError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The new name itself must survive a power cut, not only the content. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
