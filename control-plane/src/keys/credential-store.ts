/** Digests of API keys and admin keys: the only place that knows their table. */
import type {
  ConfigurationTables,
  KindName,
  Reader,
  Writer,
} from '../storage/configuration-database.ts';

export interface Owner {
  readonly kind: KindName;
  readonly name: string;
}

export type Credential = Pick<
  ConfigurationTables['credentials'],
  'digest' | 'hint' | 'created_at' | 'expires_at'
>;

export interface NewCredential {
  readonly digest: string;
  /** First characters of a generated key; '' for imported ones, which may be short. */
  readonly hint: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Oldest first; those whose overlap has ended may still be there. */
export function credentialsOf(db: Reader, { kind, name }: Owner): Promise<Credential[]> {
  return db
    .selectFrom('credentials')
    .select(['digest', 'hint', 'created_at', 'expires_at'])
    .where('kind', '=', kind)
    .where('name', '=', name)
    .orderBy('created_at')
    .execute();
}

/** Those of every object of a kind, by its name. */
export async function allCredentials(
  db: Reader,
  kind: KindName,
): Promise<ReadonlyMap<string, readonly Credential[]>> {
  const rows = await db
    .selectFrom('credentials')
    .select(['name', 'digest', 'hint', 'created_at', 'expires_at'])
    .where('kind', '=', kind)
    .orderBy('created_at')
    .execute();
  return Map.groupBy(rows, (row) => row.name);
}

/** Whose secret it is. */
export async function findCredential(
  db: Reader,
  digest: string,
): Promise<(Owner & Pick<Credential, 'expires_at'>) | undefined> {
  return await db
    .selectFrom('credentials')
    .select(['kind', 'name', 'expires_at'])
    .where('digest', '=', digest)
    .executeTakeFirst();
}

/** Enough for clients that change over slowly; each is a secret that works. */
const MOST_FORMER = 3;

/**
 * Makes `credential` the current one. The latest former ones go on until `formerUntil` (Unix
 * milliseconds) or their own earlier end; undefined ends them now.
 */
export async function replaceCredential(
  db: Writer,
  { kind, name }: Owner,
  { digest, hint, now }: NewCredential,
  formerUntil?: number,
): Promise<void> {
  const ending = db.deleteFrom('credentials').where('kind', '=', kind).where('name', '=', name);
  if (formerUntil === undefined || formerUntil <= now) await ending.execute();
  else {
    const former = await credentialsOf(db, { kind, name });
    const tooOld = former.slice(0, -MOST_FORMER).map((credential) => credential.digest);
    await ending
      .where((where) => where.or([where('expires_at', '<=', now), where('digest', 'in', tooOld)]))
      .execute();
    await db
      .updateTable('credentials')
      .set({ expires_at: formerUntil })
      .where('kind', '=', kind)
      .where('name', '=', name)
      .where((where) =>
        where.or([where('expires_at', 'is', null), where('expires_at', '>', formerUntil)]),
      )
      .execute();
  }
  const row = { digest, kind, name, hint, created_at: now, expires_at: null };
  await db.insertInto('credentials').values(row).execute();
}
