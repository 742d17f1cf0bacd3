/** From `Authorization: Bearer mma_…` to who calls. Keys of clients never work here. */
import { CLIENT_IP_HEADER } from '@sluice/contract/headers';
import { createObjectStore } from '../configuration/object-store.ts';
import { formOfApiKey } from '../credentials/api-key.ts';
import { guessBy } from '../credentials/guess.ts';
import type { KeyDigest } from '../credentials/key-digest.ts';
import type { Actor } from '../http/actor.ts';
import type { Authenticate } from '../http/mount-routes.ts';
import { Problem } from '../http/problem.ts';
import { findCredential } from '../keys/credential-store.ts';
import type { KeyUses } from '../keys/key-uses.ts';
import type { BucketStore, Charge } from '../limits/bucket-store.ts';
import { retryAfterSeconds } from '../limits/rate-limit-headers.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { ADMIN_KEYS_KIND } from './admin-key.ts';

export interface AuthenticateAdminDeps {
  readonly db: ConfigurationDatabase;
  readonly digest: KeyDigest;
  readonly uses: KeyUses;
  /** Of addresses that send bad keys. */
  readonly failures: BucketStore;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export function createAuthenticateAdmin(deps: AuthenticateAdminDeps): Authenticate {
  return async (request) => {
    const secret = bearerOf(request.headers.get('authorization'));
    const guess = guessBy(request.headers.get(CLIENT_IP_HEADER) ?? 'local');
    const wait = await secondsToWait(deps.failures, guess);
    // A generated key can't be guessed, so a script with an old key on the same address must not
    // lock out those with a good one. An imported secret may be weaker: it waits.
    if (wait > 0 && formOfApiKey(secret) !== 'admin') throw tooManyFailures(wait);
    try {
      const actor = await actorOf(deps, secret);
      deps.uses.record('admin-keys', { [actor.name]: deps.now() });
      return actor;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (wait > 0) throw tooManyFailures(wait, error);
      deps.failures.charge([guess], () => undefined);
      throw error;
    }
  };
}

/** Until the address may fail again; 0 = now. */
function secondsToWait(failures: BucketStore, guess: Charge): Promise<number> {
  return new Promise((resolve) => {
    failures.peek([guess], ([standing]) =>
      resolve(standing?.exceeded ? retryAfterSeconds(standing) : 0),
    );
  });
}

/** Asking without a credential is not guessing: it is not counted as a failure. */
function bearerOf(header: string | null): string {
  if (header === null) throw unauthorized('send Authorization: Bearer with an admin key (mma_…)');
  const secret = /^Bearer +([^ ,]+) *$/i.exec(header)?.[1];
  if (secret === undefined) {
    throw unauthorized('the Authorization header must be: Bearer, a space, and an admin key');
  }
  return secret;
}

async function actorOf({ db, digest, now }: AuthenticateAdminDeps, secret: string): Promise<Actor> {
  const form = formOfApiKey(secret);
  if (form === 'client') {
    throw unauthorized(
      'this is a key of a client (mm_…); the control-plane API takes admin keys (mma_…)',
    );
  }
  if (form === 'malformed') throw unauthorized('the key has a typing error: its checksum is wrong');
  const credential = await findCredential(db, digest(secret));
  if (credential?.kind !== 'admin-keys') throw unauthorized('there is no such admin key');
  const key = await createObjectStore(ADMIN_KEYS_KIND).get(db, credential.name);
  if (!key) throw unauthorized('there is no such admin key');
  if (key.state.revoked_at !== undefined) {
    throw unauthorized(`the admin key "${key.name}" is revoked`);
  }
  const ends = [credential.expires_at, key.config.expires_at && Date.parse(key.config.expires_at)];
  if (ends.some((end) => typeof end === 'number' && end <= now())) {
    throw unauthorized(`the admin key "${key.name}" has expired`);
  }
  return { name: key.name, scope: key.config.scope };
}

function unauthorized(detail: string): Problem {
  return new Problem('unauthorized', detail, {
    headers: { 'WWW-Authenticate': 'Bearer realm="sluice"' },
  });
}

function tooManyFailures(seconds: number, cause?: unknown): Problem {
  return new Problem(
    'too-many-failures',
    `too many bad credentials came from this address: try again in ${seconds} seconds`,
    { headers: { 'Retry-After': String(seconds) }, cause },
  );
}
