/** How much room a database takes, and giving back what it no longer needs. */
import { type Kysely, sql } from 'kysely';

/** Bytes of the pages that hold something; pages of deleted rows are used again and do not count. */
export async function usedBytes<T>(db: Kysely<T>): Promise<number> {
  const pages = (await pragma(db, 'page_count')) - (await pragma(db, 'freelist_count'));
  return pages * (await pragma(db, 'page_size'));
}

/** Gives up to `most` unused pages back to the disk. Small numbers block for a short time only. */
export async function releasePages<T>(db: Kysely<T>, most: number): Promise<void> {
  const pages = Math.min(most, await pragma(db, 'freelist_count'));
  if (pages === 0) return;
  await db.transaction().execute(async (trx) => {
    // A statement that returns no rows is stepped once, and each step releases one page.
    for (let page = 0; page < pages; page++) await sql`pragma incremental_vacuum(1)`.execute(trx);
  });
}

async function pragma<T>(db: Kysely<T>, name: string): Promise<number> {
  const { rows } = await sql<Record<string, number>>`pragma ${sql.raw(name)}`.execute(db);
  return rows[0]?.[name] ?? 0;
}
