/** The global revision: one number that grows with every change. */
import type { Reader, Writer } from '../storage/configuration-database.ts';

/** The number of the last change; 0 before the first. */
export async function currentRevision(db: Reader): Promise<number> {
  const row = await db.selectFrom('revision').select('value').executeTakeFirst();
  return row?.value ?? 0;
}

/** Takes the next number. */
export async function nextRevision(db: Writer): Promise<number> {
  const value = (await currentRevision(db)) + 1;
  await db
    .insertInto('revision')
    .values({ id: 1, value })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ value }))
    .execute();
  return value;
}
