/** Looks up single call records; lists of them are `scan-calls.ts`. */
import type { CallRow, CallsDatabase } from './calls-database.ts';

export async function findCall(db: CallsDatabase, id: number): Promise<CallRow | undefined> {
  return await db.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst();
}
