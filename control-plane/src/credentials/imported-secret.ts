/** What an operator may bring along as the secret of a key, from another gateway or a vault. */
import { type ApiKeyKind, formOfApiKey } from './api-key.ts';

export const IMPORTED_SECRET_MIN_LENGTH = 16;
export const SECRET_MAX_LENGTH = 512;

/** Why `secret` can't be imported as a key of `kind`, as a sentence for the operator; undefined when it can. */
export function importRefusal(secret: string, kind: ApiKeyKind): string | undefined {
  if (secret.length < IMPORTED_SECRET_MIN_LENGTH) {
    return `must have at least ${IMPORTED_SECRET_MIN_LENGTH} characters: shorter secrets can be guessed`;
  }
  if (secret.length > SECRET_MAX_LENGTH) return `must have at most ${SECRET_MAX_LENGTH} characters`;
  if (!isSendable(secret)) {
    return 'must be printable ASCII without spaces, commas and quotes: clients send it in a header';
  }
  const form = formOfApiKey(secret);
  if (form === 'foreign' || form === kind) return undefined;
  if (form === 'malformed') {
    return 'begins like a key of this gateway (mm_ or mma_) but its checksum is wrong: check for a typo';
  }
  return form === 'admin'
    ? 'is an admin key (mma_): those never work on endpoints'
    : 'is a client key (mm_): those never work on the control-plane API';
}

/** Whether `secret` survives a trip through an HTTP header unchanged. */
export function isSendable(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret) && !/[,"]/.test(secret);
}
