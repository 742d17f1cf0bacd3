/** Who calls: from the presented credential to a key, or the reason why not. */
import type { Reason } from '@sluice/contract/reasons';
import { formOfApiKey } from '../credentials/api-key.ts';
import type { KeyPolicy } from '../decision/policy.ts';
import type { KnownKey, KnownSecret } from './known-keys.ts';
import type { PresentedCredential } from './presented-credential.ts';

export type Identity =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'key';
      readonly key: KnownKey;
      readonly secret: string;
      readonly expiresAt: number | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly reason: Reason;
      readonly message: string;
      /** The key that the secret belongs to, though it is no longer good. */
      readonly key?: KeyPolicy;
    };

/** `now` in Unix milliseconds. */
export function identify(
  credential: PresentedCredential,
  find: (secret: string) => KnownSecret | undefined,
  now: number,
): Identity {
  switch (credential.form) {
    case 'none':
      return { kind: 'anonymous' };
    case 'conflicting':
      return refused('conflicting_credentials', 'Two different keys in one request: send one.');
    case 'unreadable':
      return refused('invalid_credential', credential.hint);
    case 'secret': {
      const known = find(credential.secret);
      return known
        ? identityOf(known, now)
        : refused('invalid_credential', unknownKeyText(credential.secret));
    }
  }
}

/** Whether a secret that is known is still good. `now` in Unix milliseconds. */
export function identityOf({ key, id, expiresAt: overlapEnd }: KnownSecret, now: number): Identity {
  const { policy } = key;
  if (policy.revoked) return refused('revoked_credential', 'This API key was revoked.', policy);
  const expiresAt = earlier(policy.expiresAt, overlapEnd);
  if (expiresAt === undefined || now < expiresAt)
    return { kind: 'key', key, secret: id, expiresAt };
  const ended = new Date(expiresAt).toISOString();
  const message =
    expiresAt === policy.expiresAt
      ? `This API key expired at ${ended}.`
      : `This API key was rotated, and its former secret ended at ${ended}: use the new one.`;
  return refused('expired_credential', message, policy);
}

/** Says what can be told from the text alone; whether a key exists is never told. */
function unknownKeyText(secret: string): string {
  switch (formOfApiKey(secret)) {
    case 'malformed':
      return 'This API key is incomplete or mistyped: its checksum does not fit.';
    case 'admin':
      return 'This is an admin key (mma_): endpoints take client keys (mm_).';
    default:
      return 'This API key is not known.';
  }
}

function refused(reason: Reason, message: string, key?: KeyPolicy): Identity {
  return { kind: 'refused', reason, message, ...(key && { key }) };
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
