/** Admin keys: nobody grants more than he holds, and an owner always remains. */
import { createObjectStore } from '../configuration/object-store.ts';
import { includesScope } from '../http/actor.ts';
import { Problem } from '../http/problem.ts';
import { credentialsOf } from '../keys/credential-store.ts';
import type { KeyKind, StoredKey } from '../keys/key-kind.ts';
import type { Reader } from '../storage/configuration-database.ts';
import {
  ADMIN_KEYS_KIND,
  type AdminKeyBody,
  type AdminKeyConfig,
  adminKeyConfig,
} from './admin-key.ts';

export const ADMIN_KEYS: KeyKind<AdminKeyConfig, AdminKeyBody> = {
  kind: ADMIN_KEYS_KIND,
  apiKeyKind: 'admin',
  toConfig(body, { actor }) {
    const config = adminKeyConfig.parse(body);
    if (includesScope(actor.scope, config.scope)) return config;
    const detail = `"${actor.name}" has scope ${actor.scope} and cannot grant ${config.scope}`;
    throw new Problem('forbidden', detail);
  },
  presentMore: () => ({}),
  async checkRemaining(before, after, db) {
    if (!isLasting(before) || (after && isLasting(after))) return;
    const all = await createObjectStore(ADMIN_KEYS_KIND).all(db);
    for (const other of all) {
      if (other.name !== before.name && (await isUsableOwner(other, db))) return;
    }
    throw new Problem(
      'last-owner',
      `"${before.name}" is the last owner whose key never expires: create another one first`,
    );
  },
};

type Judged = Pick<StoredKey<AdminKeyConfig>, 'config' | 'state'>;

/** An owner today and later. */
function isLasting({ config, state }: Judged): boolean {
  return (
    config.scope === 'owner' && config.expires_at === undefined && state.revoked_at === undefined
  );
}

async function isUsableOwner(key: StoredKey<AdminKeyConfig>, db: Reader): Promise<boolean> {
  if (!isLasting(key)) return false;
  const credentials = await credentialsOf(db, { kind: 'admin-keys', name: key.name });
  return credentials.some(({ expires_at }) => expires_at === null);
}
