/** A new secret of a key, as a part of the write that gives it. */
import type { Draft } from '../configuration/configuration-writer.ts';
import type { KeyDigest } from '../credentials/key-digest.ts';
import { type Owner, replaceCredential } from './credential-store.ts';

/** Enough to recognise a key by, not enough to help guess it: `mm_` and five of 32 characters. */
const HINT_LENGTH = 8;

export interface NewSecret {
  readonly owner: Owner;
  readonly secret: string;
  readonly digest: KeyDigest;
  /** Unix milliseconds. */
  readonly now: number;
  /** Whether it takes the place of another. */
  readonly replaces: boolean;
  /** Unix milliseconds until which the former one goes on; undefined ends it now. */
  readonly formerUntil?: number | undefined;
}

/** Only a keyed hash of it and its first characters are stored. */
export function generatedSecret(
  options: NewSecret,
): NonNullable<Draft<unknown, unknown>['secrets']> {
  const { owner, secret, digest, now, replaces, formerUntil } = options;
  const credential = { digest: digest(secret), hint: secret.slice(0, HINT_LENGTH), now };
  return {
    diff: [{ pointer: '/secret', ...(replaces && { before: 'set' }), after: 'generated' }],
    store: (db) => replaceCredential(db, owner, credential, formerUntil),
  };
}
