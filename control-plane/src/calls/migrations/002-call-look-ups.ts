/** Indexes for the two filters that find few among many: one request, one key. */
import type { Kysely } from 'kysely';

export async function createCallLookUps(db: Kysely<unknown>): Promise<void> {
  for (const column of ['request_id', 'key']) {
    await db.schema
      .createIndex(`calls_${column}_time`)
      .on('calls')
      .columns([column, 'time'])
      .execute();
  }
}
