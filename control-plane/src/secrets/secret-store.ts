/** Write-only values of an object: sealed in the database, opened only for the policy. */
import type { KindName, Reader, Writer } from '../storage/configuration-database.ts';
import type { Place, Sealer } from './sealer.ts';

/** By name, within one map such as `secret_env`. */
export type SecretValues = Readonly<Record<string, string>>;

export interface SecretStore {
  /** Names that have a value, sorted. */
  names(db: Reader, owner: Owner, field: string): Promise<string[]>;
  /** Throws `UnsealError`. */
  open(db: Reader, owner: Owner, field: string): Promise<SecretValues>;
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
    async names(db, owner, field) {
      return (await rows(db, owner, field)).map((row) => row.secret);
    },
    async open(db, owner, field) {
      const found = await rows(db, owner, field);
      return Object.fromEntries(
        found.map(({ secret, version, sealed }) => [
          secret,
          sealer.open(sealed, placeOf(owner, field, secret, version)),
        ]),
      );
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
