/** How the two kinds of keys, those of clients and those of admins, differ from each other. */
import type { Kind, Stored } from '../configuration/kind.ts';
import type { ObjectsDeps, Presented } from '../configuration/objects.ts';
import type { ApiKeyKind } from '../credentials/api-key.ts';
import type { KeyDigest } from '../credentials/key-digest.ts';
import type { Origin } from '../http/route.ts';
import type { Reader } from '../storage/configuration-database.ts';
import type { KeyConfig, KeyState } from './key-fields.ts';
import type { KeyUses } from './key-uses.ts';

export interface KeyDeps extends ObjectsDeps {
  readonly digest: KeyDigest;
  readonly uses: KeyUses;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export type StoredKey<C> = Stored<C, KeyState>;

export interface KeyKind<C extends KeyConfig, B> {
  readonly kind: Kind<C, KeyState>;
  readonly apiKeyKind: ApiKeyKind;
  /** The configuration without name and secret. Throws if the caller may not grant it. */
  toConfig(body: B, origin: Origin): C;
  /** Computed fields of this kind alone. */
  presentMore(object: StoredKey<C>): Presented;
  /** Throws if nobody could manage the gateway after the change; `after` undefined = deleted. */
  checkRemaining(
    before: StoredKey<C>,
    after: Pick<StoredKey<C>, 'config' | 'state'> | undefined,
    db: Reader,
  ): Promise<void>;
}
