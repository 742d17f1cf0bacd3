/** Keys of clients: how they are made from a body, and shown. */
import { KEYS, type KeyBody, type KeyOptions, keyConfig } from './key.ts';
import type { KeyKind, StoredKey } from './key-kind.ts';

export const CLIENT_KEYS: KeyKind<KeyOptions, KeyBody> = {
  kind: KEYS,
  apiKeyKind: 'client',
  toConfig: (body) => keyConfig.parse(body),
  presentMore: (object) => ({ principal: principalOf(object) }),
  checkRemaining: async () => undefined,
};

/** Who calls with it: rotation changes nothing about that. */
export function principalOf({ config, state }: StoredKey<KeyOptions>): string {
  return config.subject ?? state.lineage;
}
