/** The first schema: objects with their references, labels, secrets and credentials, and the changes. */
import type { Kysely } from 'kysely';

type Database = Kysely<unknown>;

export async function createConfigurationTables(db: Database): Promise<void> {
  await createObjects(db);
  await createReferences(db);
  await createLabels(db);
  await createUniqueValues(db);
  await createSecrets(db);
  await createCredentials(db);
  await createBookkeeping(db);
}

async function createObjects(db: Database): Promise<void> {
  await db.schema
    .createTable('objects')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('revision', 'bigint', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('config', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('objects_pk', ['kind', 'name'])
    .execute();
}

async function createReferences(db: Database): Promise<void> {
  await db.schema
    .createTable('object_references')
    .addColumn('from_kind', 'text', (c) => c.notNull())
    .addColumn('from_name', 'text', (c) => c.notNull())
    .addColumn('to_kind', 'text', (c) => c.notNull())
    .addColumn('to_name', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('object_references_pk', [
      'from_kind',
      'from_name',
      'to_kind',
      'to_name',
    ])
    .addForeignKeyConstraint(
      'object_references_from_fk',
      ['from_kind', 'from_name'],
      'objects',
      ['kind', 'name'],
      (fk) => fk.onDelete('cascade'),
    )
    .addForeignKeyConstraint(
      'object_references_to_fk',
      ['to_kind', 'to_name'],
      'objects',
      ['kind', 'name'],
      (fk) => fk.onDelete('restrict'),
    )
    .execute();
  await db.schema
    .createIndex('object_references_to')
    .on('object_references')
    .columns(['to_kind', 'to_name'])
    .execute();
}

async function createLabels(db: Database): Promise<void> {
  await createOwnedTable(db, 'object_labels')
    .addColumn('label', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('object_labels_pk', ['kind', 'name', 'label'])
    .execute();
  await db.schema
    .createIndex('object_labels_value')
    .on('object_labels')
    .columns(['kind', 'label', 'value', 'name'])
    .execute();
}

async function createUniqueValues(db: Database): Promise<void> {
  await createOwnedTable(db, 'unique_values')
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('unique_values_pk', ['kind', 'value'])
    .execute();
}

async function createSecrets(db: Database): Promise<void> {
  await createOwnedTable(db, 'sealed_secrets')
    .addColumn('field', 'text', (c) => c.notNull())
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('sealed', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('sealed_secrets_pk', ['kind', 'name', 'field', 'secret'])
    .execute();
}

async function createCredentials(db: Database): Promise<void> {
  await createOwnedTable(db, 'credentials')
    .addColumn('digest', 'text', (c) => c.primaryKey())
    .addColumn('hint', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('credentials_owner')
    .on('credentials')
    .columns(['kind', 'name'])
    .execute();
  await createOwnedTable(db, 'key_uses')
    .addColumn('last_used_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('key_uses_pk', ['kind', 'name'])
    .execute();
}

async function createBookkeeping(db: Database): Promise<void> {
  await db.schema
    .createTable('revision')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('key_files')
    .addColumn('file', 'text', (c) => c.primaryKey())
    .addColumn('proof', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('changes')
    .addColumn('revision', 'bigint', (c) => c.primaryKey())
    .addColumn('time', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('diff', 'text', (c) => c.notNull())
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('changes_object').on('changes').columns(['kind', 'name']).execute();
}

/** A table whose rows belong to an object, by `kind` and `name`, and die with it. */
function createOwnedTable(db: Database, name: string) {
  return db.schema
    .createTable(name)
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addForeignKeyConstraint(`${name}_fk`, ['kind', 'name'], 'objects', ['kind', 'name'], (fk) =>
      fk.onDelete('cascade'),
    );
}
