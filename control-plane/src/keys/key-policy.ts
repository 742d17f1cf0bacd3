/** A key as decisions take it: digests, never secrets. */
import type { KeyPolicy } from '../decision/policy.ts';
import { principalOf } from './client-keys.ts';
import type { Credential } from './credential-store.ts';
import type { KeyOptions } from './key.ts';
import type { StoredKey } from './key-kind.ts';

export function keyPolicy(
  key: StoredKey<KeyOptions>,
  credentials: readonly Credential[],
): KeyPolicy {
  const { name, config, state } = key;
  return {
    name,
    principal: principalOf(key),
    lineage: state.lineage,
    secrets: credentials.map(({ digest, expires_at }) => ({
      digest,
      ...(expires_at !== null && { expiresAt: expires_at }),
    })),
    endpoints: config.endpoints,
    rules: { allow: config.allow, deny: config.deny, readOnly: config.read_only },
    ...(config.expires_at !== undefined && { expiresAt: Date.parse(config.expires_at) }),
    revoked: state.revoked_at !== undefined,
  };
}
