/** Refuses to start with key files that do not belong to the database. */
import type { KeyDigest } from '../credentials/key-digest.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { DatabaseError } from '../storage/database-error.ts';
import { type Sealer, UnsealError } from './sealer.ts';

const PLACE = { table: 'key_files', row: 'secrets.key', field: 'proof', version: 1 };
const TEXT = 'sluice';

interface KeyFiles {
  readonly dataDir: string;
  readonly sealer: Sealer;
  readonly digest: KeyDigest;
}

/** Leaves a proof of each key file at the first start, and checks it at the others. Throws `DatabaseError`. */
export async function checkKeyFiles(db: ConfigurationDatabase, keys: KeyFiles): Promise<void> {
  await checkFile(db, keys.dataDir, {
    file: 'secrets.key',
    loses: 'the stored upstream credentials cannot be opened',
    proof: () => keys.sealer.seal(TEXT, PLACE),
    fits: (proof) => opens(keys.sealer, proof),
  });
  await checkFile(db, keys.dataDir, {
    file: 'pepper.key',
    loses: 'no API key would be recognised',
    proof: () => keys.digest(TEXT),
    fits: (proof) => proof === keys.digest(TEXT),
  });
}

interface KeyFileCheck {
  readonly file: string;
  readonly loses: string;
  proof(): string;
  fits(proof: string): boolean;
}

async function checkFile(
  db: ConfigurationDatabase,
  dataDir: string,
  { file, loses, proof, fits }: KeyFileCheck,
): Promise<void> {
  const row = await db
    .selectFrom('key_files')
    .select('proof')
    .where('file', '=', file)
    .executeTakeFirst();
  if (!row) await db.insertInto('key_files').values({ file, proof: proof() }).execute();
  else if (!fits(row.proof)) {
    throw new DatabaseError(
      `${dataDir}/${file} does not belong to ${dataDir}/sluice.db: with it ${loses}. ` +
        `Restore the ${file} that was backed up with this database. Nothing was changed`,
    );
  }
}

function opens(sealer: Sealer, proof: string): boolean {
  try {
    return sealer.open(proof, PLACE) === TEXT;
  } catch (error) {
    if (error instanceof UnsealError) return false;
    throw error;
  }
}
