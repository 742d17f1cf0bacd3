/** Brings a database to the current schema. Migrations are a static list, compiled in. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { DatabaseError } from './database-error.ts';

type Migrations = Readonly<Record<string, Migration>>;

/** Throws `DatabaseError` if a migration fails. */
export async function migrate<T>(
  db: Kysely<T>,
  migrations: Migrations,
  place: string,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'unknown';
  throw new DatabaseError(
    `${place} can't be migrated: step ${failed} failed (${(error as Error).message}). ` +
      'The step was rolled back; nothing is lost. Check disk space and permissions',
    { cause: error },
  );
}

/** Throws `DatabaseError` if `place` was written by a newer version or another program. Writes nothing. */
export async function refuseUnknown<T>(
  db: Kysely<T>,
  migrations: Migrations,
  place: string,
): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const [first] = tables;
  if (!first) return;
  if (!tables.some((table) => table.name === 'kysely_migration')) {
    throw new DatabaseError(
      `${place} is a database of another program (it has a table "${first.name}"). Move it away. ` +
        'Nothing was changed',
    );
  }
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new DatabaseError(
    `${place} was written by a newer version (it has step ${unknown.join(', ')}). Run that version, ` +
      'or restore a backup from before the upgrade. Nothing was changed',
  );
}
