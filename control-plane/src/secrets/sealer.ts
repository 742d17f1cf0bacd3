/** Seals upstream credentials at rest: AES-256-GCM in a versioned text format. */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

/** Where a sealed text belongs. It opens nowhere else: a copy into another row is worthless. */
export interface Place {
  readonly table: string;
  readonly row: string;
  readonly field: string;
  readonly version: number;
}

export interface Sealer {
  /** `v1.<key id>.<iv>.<ciphertext and tag>`, base64url. */
  seal(text: string, place: Place): string;
  /** Throws `UnsealError`. */
  open(sealed: string, place: Place): string;
}

/** A sealed text that this key does not open, here. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

const FORMAT = 'v1';
/** NIST SP 800-38D §8.2.2: random 96-bit IVs are good for 2^32 texts under one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `key` = the 32 bytes derived for sealing. */
export function createSealer(key: Uint8Array): Sealer {
  const keyId = hash('sha256', key, 'hex').slice(0, 8);
  return {
    seal(text, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(additionalData(place));
      const sealed = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return [
        FORMAT,
        keyId,
        iv.toString('base64url'),
        Buffer.concat(sealed).toString('base64url'),
      ].join('.');
    },
    open(sealed, place) {
      const [format, id, iv, payload] = sealed.split('.');
      if (format !== FORMAT || !iv || !payload) throw new UnsealError('unknown format');
      if (id !== keyId) throw new UnsealError('sealed under another secrets.key');
      return decipher(key, Buffer.from(iv, 'base64url'), Buffer.from(payload, 'base64url'), place);
    },
  };
}

function decipher(key: Uint8Array, iv: Buffer, payload: Buffer, place: Place): string {
  const end = payload.length - TAG_BYTES;
  if (iv.length !== IV_BYTES || end < 0) throw new UnsealError('truncated');
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(place));
    cipher.setAuthTag(payload.subarray(end));
    return Buffer.concat([cipher.update(payload.subarray(0, end)), cipher.final()]).toString(
      'utf8',
    );
  } catch (cause) {
    throw new UnsealError('altered, or moved from another place', { cause });
  }
}

/** Unambiguous: no two places give the same bytes. */
function additionalData({ table, row, field, version }: Place): Buffer {
  return Buffer.from(JSON.stringify([table, row, field, version]));
}
