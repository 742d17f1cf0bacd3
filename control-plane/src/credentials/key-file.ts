/** The two key files of an installation: 32 random bytes each, created at the first start. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createSecretFile, readSecretFile, SecretFileError } from './secret-file.ts';

const KEY_BYTES = 32;

/** What everything secret of an installation hangs on. */
export interface InstallationKeys {
  /** `secrets.key`: seals upstream credentials; keys for decisions and session ids are derived from it. */
  readonly secrets: Uint8Array;
  /** `pepper.key`: keys the digests of API keys. */
  readonly pepper: Uint8Array;
}

/** Reads the key files of `dataDir`, creating what is missing. Throws `SecretFileError`. */
export function loadInstallationKeys(dataDir: string): InstallationKeys {
  return {
    secrets: loadKey(join(dataDir, 'secrets.key')),
    pepper: loadKey(join(dataDir, 'pepper.key')),
  };
}

function loadKey(path: string): Uint8Array {
  const existing = readSecretFile(path);
  if (existing !== undefined) return parseKey(path, existing);
  createSecretFile(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  return parseKey(path, readSecretFile(path) ?? '');
}

function parseKey(path: string, text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== text) {
    throw new SecretFileError(
      `${path} does not hold a key (${KEY_BYTES} bytes in base64). Restore it from a backup: ` +
        'with another key nothing that was sealed or digested under it can be used',
    );
  }
  return new Uint8Array(bytes);
}
