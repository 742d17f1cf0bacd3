/** The first schema of the call records: the records, and how far each source has come. */
import type { Kysely } from 'kysely';

type Database = Kysely<unknown>;

export async function createCallTables(db: Database): Promise<void> {
  await db.schema
    .createTable('calls')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('time', 'bigint', (c) => c.notNull())
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('principal', 'text', (c) => c.notNull())
    .addColumn('key', 'text')
    .addColumn('client_ip', 'text', (c) => c.notNull())
    .addColumn('endpoint', 'text', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('server', 'text')
    .addColumn('name', 'text')
    .addColumn('visible_name', 'text')
    .addColumn('write', 'integer', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('http_status', 'integer', (c) => c.notNull())
    .addColumn('duration_ms', 'double precision', (c) => c.notNull())
    .addColumn('upstream_ms', 'double precision')
    .addColumn('request_bytes', 'bigint', (c) => c.notNull())
    .addColumn('response_bytes', 'bigint', (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('calls_source_sequence', ['source', 'sequence'])
    .execute();
  await createIndexes(db);
  await db.schema
    .createTable('call_sources')
    .addColumn('source', 'text', (c) => c.primaryKey())
    .addColumn('replica', 'text', (c) => c.notNull())
    .addColumn('next_sequence', 'bigint', (c) => c.notNull())
    .addColumn('last_time', 'bigint', (c) => c.notNull())
    .addColumn('ended', 'integer', (c) => c.notNull())
    .execute();
}

/** Each walks newest first under one condition, without sorting. */
async function createIndexes(db: Database): Promise<void> {
  await db.schema.createIndex('calls_time').on('calls').column('time').execute();
  for (const column of ['principal', 'server', 'outcome']) {
    await db.schema
      .createIndex(`calls_${column}_time`)
      .on('calls')
      .columns([column, 'time'])
      .execute();
  }
}
