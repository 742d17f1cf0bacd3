/** The last good list of each server, so that a restart does not empty the catalogs. */
import type { Kysely } from 'kysely';

export async function createServerListsTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('server_lists')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('revision', 'bigint', (c) => c.notNull())
    .addColumn('profile', 'text', (c) => c.notNull())
    .addColumn('lists', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('server_lists_pk', ['kind', 'name'])
    .addForeignKeyConstraint(
      'server_lists_fk',
      ['kind', 'name'],
      'objects',
      ['kind', 'name'],
      (fk) => fk.onDelete('cascade'),
    )
    .execute();
}
