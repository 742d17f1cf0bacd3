/** The format of API keys: `mm_` or `mma_`, 32 random base62 characters, and a checksum that catches typos offline. */
import { randomFillSync } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type ApiKeyKind = 'client' | 'admin';

const PREFIXES: Readonly<Record<ApiKeyKind, string>> = { client: 'mm_', admin: 'mma_' };
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 32 characters of base62 carry 190 bits. */
const RANDOM_LENGTH = 32;
/** 62^6 > 2^32. */
const CHECKSUM_LENGTH = 6;

/** A new secret. Only its digest may be stored. */
export function generateApiKey(kind: ApiKeyKind): string {
  const body = PREFIXES[kind] + randomBase62(RANDOM_LENGTH);
  return body + checksum(body);
}

/**
 * What a presented secret looks like, told without any look-up.
 * `foreign` has neither prefix: an imported secret, or something else entirely.
 */
export type ApiKeyForm = ApiKeyKind | 'malformed' | 'foreign';

export function formOfApiKey(secret: string): ApiKeyForm {
  const kind = kindByPrefix(secret);
  if (!kind) return 'foreign';
  const body = secret.slice(0, -CHECKSUM_LENGTH);
  const wellFormed =
    secret.length === PREFIXES[kind].length + RANDOM_LENGTH + CHECKSUM_LENGTH &&
    /^[0-9A-Za-z]+$/.test(secret.slice(PREFIXES[kind].length)) &&
    checksum(body) === secret.slice(-CHECKSUM_LENGTH);
  return wellFormed ? kind : 'malformed';
}

function kindByPrefix(secret: string): ApiKeyKind | undefined {
  if (secret.startsWith(PREFIXES.client)) return 'client';
  if (secret.startsWith(PREFIXES.admin)) return 'admin';
  return undefined;
}

/** Bytes of 248 and more are thrown away, so that every character is equally likely. */
function randomBase62(length: number): string {
  const fair = 256 - (256 % ALPHABET.length);
  const bytes = Buffer.alloc(length * 2);
  let text = '';
  while (text.length < length) {
    for (const byte of randomFillSync(bytes)) {
      if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

function checksum(body: string): string {
  let value = crc32(body);
  let text = '';
  for (let position = 0; position < CHECKSUM_LENGTH; position += 1) {
    text = ALPHABET[value % ALPHABET.length] + text;
    value = Math.floor(value / ALPHABET.length);
  }
  return text;
}
