/** At the first start: an owner named `admin`, whose key is in a file that only the operator can read. */

import type { ConfigurationWriter } from '../configuration/configuration-writer.ts';
import { createObjectStore } from '../configuration/object-store.ts';
import { formOfApiKey, generateApiKey } from '../credentials/api-key.ts';
import type { KeyDigest } from '../credentials/key-digest.ts';
import { createSecretFile, readSecretFile, SecretFileError } from '../credentials/secret-file.ts';
import { generatedSecret } from '../keys/generated-secret.ts';
import { newLineage } from '../keys/key-lineage.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { ADMIN_KEYS_KIND, adminKeyConfig } from './admin-key.ts';

const NAME = 'admin';

export interface FirstAdminKeyDeps {
  readonly db: ConfigurationDatabase;
  readonly writer: ConfigurationWriter;
  readonly digest: KeyDigest;
  /** Path of `admin.key`. */
  readonly file: string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Does nothing if there is any admin key. The file comes first, so that a crash in between leaves a
 * file whose key the next start takes. Throws `SecretFileError`.
 */
export async function ensureFirstAdminKey(deps: FirstAdminKeyDeps): Promise<void> {
  const { db, writer, digest, file, now } = deps;
  const [some] = await createObjectStore(ADMIN_KEYS_KIND).list(db, { limit: 1 });
  if (some) return;
  const secret = readOrCreate(file);
  await writer.write({
    kind: ADMIN_KEYS_KIND,
    name: NAME,
    origin: { actor: { name: 'system', scope: 'owner' }, requestId: 'start', userAgent: '' },
    conditions: {},
    dryRun: false,
    present: async () => undefined,
    async next() {
      const description = 'Created at the first start; its key is in admin.key of the data folder.';
      return {
        config: adminKeyConfig.parse({ scope: 'owner', description }),
        state: { lineage: newLineage(NAME) },
        secrets: generatedSecret({
          owner: { kind: 'admin-keys', name: NAME },
          ...{ secret, digest, now: now(), replaces: false },
        }),
      };
    },
  });
}

function readOrCreate(file: string): string {
  const existing = readSecretFile(file);
  if (existing === undefined) {
    createSecretFile(file, `${generateApiKey('admin')}\n`);
    return readOrCreate(file);
  }
  if (formOfApiKey(existing) === 'admin') return existing;
  throw new SecretFileError(
    `${file} does not hold an admin key, and the database has none either. Move the file away to get a new one`,
  );
}
