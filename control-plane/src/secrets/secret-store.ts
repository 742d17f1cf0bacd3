/** Write-only values of an object: sealed in the database, opened only for the policy. */
import type { KindName, Reader, Writer } from '../storage/configuration-database.ts';
import { type Place, type Sealer, UnsealError } from './sealer.ts';

/** By name, within one map such as `secret_env`. */
export type SecretValues = Readonly<Record<string, string>>;

export interface OpenedSecrets {
  readonly values: SecretValues;
  /** Names whose value was altered at rest; they must be sent again. */
  readonly unreadable: readonly string[];
}

export interface SecretStore {
  open(db: Reader, owner: Owner, field: string): Promise<OpenedSecrets>;
  set(db: Writer, owner: Owner, field: string, name: string, value: string): Promise<void>;
  remove(db: Writer, owner: Owner, field: string, name: string): Promise<void>;
}

export interface Owner {
  readonly kind: KindName;
  readonly name: string;
}

export function createSecretStore(sealer: Sealer): SecretStore {
  const rows = (db: Reader, owner: Owner, field: string) =>
    db
      .selectFrom('sealed_secrets')
      .select(['secret', 'version', 'sealed'])
      .where('kind', '=', owner.kind)
      .where('name', '=', owner.name)
      .where('field', '=', field)
      .orderBy('secret')
      .execute();
  return {
    async open(db, owner, field) {
      const values = new Map<string, string>();
      const unreadable: string[] = [];
      for (const { secret, version, sealed } of await rows(db, owner, field)) {
        const value = tryOpen(sealer, sealed, placeOf(owner, field, secret, version));
        if (value === undefined) unreadable.push(secret);
        else values.set(secret, value);
      }
      return { values: Object.fromEntries(values), unreadable };
    },
    async set(db, owner, field, name, value) {
      const before = (await rows(db, owner, field)).find((row) => row.secret === name);
      const version = (before?.version ?? 0) + 1;
      const sealed = sealer.seal(value, placeOf(owner, field, name, version));
      await db
        .insertInto('sealed_secrets')
        .values({ ...owner, field, secret: name, version, sealed })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'name', 'field', 'secret']).doUpdateSet({ version, sealed }),
        )
        .execute();
    },
    async remove(db, owner, field, name) {
      await db
        .deleteFrom('sealed_secrets')
        .where('kind', '=', owner.kind)
        .where('name', '=', owner.name)
        .where('field', '=', field)
        .where('secret', '=', name)
        .execute();
    },
  };
}

function placeOf(owner: Owner, field: string, secret: string, version: number): Place {
  const row = `${owner.kind}/${owner.name}`;
  return { table: 'sealed_secrets', row, field: `${field}/${secret}`, version };
}

function tryOpen(sealer: Sealer, sealed: string, place: Place): string | undefined {
  try {
    return sealer.open(sealed, place);
  } catch (error) {
    if (error instanceof UnsealError) return undefined;
    throw error;
  }
}
