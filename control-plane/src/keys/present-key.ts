/** A key as the API shows it: everything but the secret. */
import { type Presented, presentCommon } from '../configuration/objects.ts';
import type { Reader } from '../storage/configuration-database.ts';
import { type Credential, credentialsOf } from './credential-store.ts';
import type { KeyConfig } from './key-fields.ts';
import type { KeyDeps, KeyKind, StoredKey } from './key-kind.ts';

export async function presentKey<C extends KeyConfig, B>(
  { uses, now }: Pick<KeyDeps, 'uses' | 'now'>,
  { kind, presentMore }: KeyKind<C, B>,
  object: StoredKey<C>,
  db: Reader,
): Promise<Presented> {
  const all = await credentialsOf(db, { kind: kind.kind, name: object.name });
  const live = all.filter(({ expires_at }) => expires_at === null || expires_at > now());
  const lastUsed = await uses.get(db, kind.kind, object.name);
  const { revoked_at } = object.state;
  return {
    ...presentCommon(object),
    ...presentMore(object),
    status: statusOf(object, live, now()),
    secrets: live.map(presentSecret),
    ...(revoked_at !== undefined && { revoked_at: isoTime(revoked_at) }),
    // A use from before its creation was of a former key with this name.
    ...(lastUsed !== undefined &&
      lastUsed >= object.createdAt && { last_used_at: isoTime(lastUsed) }),
  };
}

/** Whether, and why not, the key is accepted. */
function statusOf<C extends KeyConfig>(
  { config, state }: StoredKey<C>,
  live: readonly Credential[],
  now: number,
): 'active' | 'expired' | 'revoked' | 'no_secret' {
  if (state.revoked_at !== undefined) return 'revoked';
  if (config.expires_at !== undefined && Date.parse(config.expires_at) <= now) return 'expired';
  return live.length > 0 ? 'active' : 'no_secret';
}

function presentSecret({ hint, created_at, expires_at }: Credential) {
  return {
    hint,
    created_at: isoTime(created_at),
    ...(expires_at !== null && { expires_at: isoTime(expires_at) }),
  };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
