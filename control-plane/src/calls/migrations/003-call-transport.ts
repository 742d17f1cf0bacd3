/** How the client spoke. Records from before do not say. */
import type { Kysely } from 'kysely';

export async function addCallTransport(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('calls').addColumn('transport', 'text').execute();
}
