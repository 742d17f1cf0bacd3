/** The last good lists of the servers in the database: catalogs are there at once after a restart. */
import type { ServerLists } from '@sluice/contract/lists';
import { createTurns } from '../configuration/turns.ts';
import type { ConfigurationDatabase, Reader } from '../storage/configuration-database.ts';
import { type AllServerLists, createServerLists } from './server-lists.ts';

export interface KeptServerLists extends AllServerLists {
  /** Resolves when what was told so far is stored. */
  settled(): Promise<void>;
}

/** As `createServerLists`, with what was last known. `onError` hears what could not be stored. */
export async function createKeptServerLists(
  db: ConfigurationDatabase,
  onError: (error: unknown) => void,
): Promise<KeptServerLists> {
  const known = createServerLists();
  const saved = new Map<string, string>();
  const inTurn = createTurns();
  for (const row of await db.selectFrom('server_lists').selectAll().execute()) {
    known.update(row.name, row.revision, row.profile, JSON.parse(row.lists) as ServerLists);
    saved.set(row.name, row.lists);
  }
  const save = async (server: string) => {
    const kept = known.get(server);
    const [profile, lists] = [...(kept?.byProfile ?? [])].at(-1) ?? [];
    if (!kept || profile === undefined) return;
    const text = JSON.stringify(lists);
    if (saved.get(server) === text) return;
    await saveLists(db, { name: server, revision: kept.revision, profile, lists: text });
    saved.set(server, text);
  };
  return {
    ...known,
    update(server, revision, profile, lists) {
      known.update(server, revision, profile, lists);
      inTurn(() => save(server)).catch(onError);
    },
    settled: () => inTurn(async () => undefined),
  };
}

interface SavedLists {
  readonly name: string;
  readonly revision: number;
  readonly profile: string;
  readonly lists: string;
}

async function saveLists(db: ConfigurationDatabase, { name, ...row }: SavedLists): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // It may have been deleted while it was being listed.
    if (!(await isRegistered(trx, name))) return;
    await trx
      .insertInto('server_lists')
      .values({ kind: 'servers', name, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(row))
      .execute();
  });
}

async function isRegistered(db: Reader, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('objects')
    .select('name')
    .where('kind', '=', 'servers')
    .where('name', '=', name)
    .executeTakeFirst();
  return row !== undefined;
}
