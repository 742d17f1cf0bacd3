/** The last good lists of the servers in the database: catalogs are there at once after a restart. */
import type { ServerLists } from '@sluice/contract/lists';
import { objectExists } from '../configuration/object-store.ts';
import { createTurns } from '../configuration/turns.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
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
  const saved = new Map<string, { readonly revision: number; readonly text: string }>();
  const inTurn = createTurns();
  for (const row of await db.selectFrom('server_lists').selectAll().execute()) {
    known.update(row.name, row.revision, row.profile, JSON.parse(row.lists) as ServerLists);
    saved.set(row.name, { revision: row.revision, text: row.lists });
  }
  const forget = (server: string) => {
    known.forget(server);
    saved.delete(server);
  };
  const save = async (server: string) => {
    const kept = known.get(server);
    const [profile, lists] = [...(kept?.byProfile ?? [])].at(-1) ?? [];
    if (!kept || profile === undefined) return;
    const { revision } = kept;
    const text = JSON.stringify(lists);
    const before = saved.get(server);
    if (before?.revision === revision && before.text === text) return;
    const isSaved = await saveLists(db, { name: server, revision, profile, lists: text });
    if (isSaved) saved.set(server, { revision, text });
    else forget(server);
  };
  return {
    ...known,
    update(server, revision, profile, lists) {
      known.update(server, revision, profile, lists);
      inTurn(() => save(server)).catch(onError);
    },
    forget,
    settled: () => inTurn(async () => undefined),
  };
}

interface SavedLists {
  readonly name: string;
  readonly revision: number;
  readonly profile: string;
  readonly lists: string;
}

/** False if there is no such server: it may have been deleted while it was being listed. */
async function saveLists(
  db: ConfigurationDatabase,
  { name, ...row }: SavedLists,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    if (!(await objectExists(trx, 'servers', name))) return false;
    await trx
      .insertInto('server_lists')
      .values({ kind: 'servers', name, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(row))
      .execute();
    return true;
  });
}
