/** When each key was last used: kept in memory, written now and then. */
import { objectExists } from '../configuration/object-store.ts';
import type { ConfigurationDatabase, KindName, Reader } from '../storage/configuration-database.ts';

/** A power cut costs the uses of so long, nothing else. */
const FLUSH_EVERY_MS = 30_000;

export interface KeyUses {
  /** Name → Unix milliseconds. */
  record(kind: KindName, lastUsed: Readonly<Record<string, number>>): void;
  get(db: Reader, kind: KindName, name: string): Promise<number | undefined>;
  flush(): Promise<void>;
  /** Flushes and stops the timer. */
  close(): Promise<void>;
}

interface KeyUse {
  readonly kind: KindName;
  readonly name: string;
  readonly time: number;
}

/** `onError` hears of flushes that failed; the uses are kept for the next one. */
export function createKeyUses(
  db: ConfigurationDatabase,
  onError: (error: unknown) => void,
): KeyUses {
  let pending = new Map<string, KeyUse>();
  const flush = async () => {
    const uses = pending;
    pending = new Map();
    try {
      await store(db, [...uses.values()]);
    } catch (error) {
      pending = new Map([...uses, ...pending]);
      throw error;
    }
  };
  const timer = setInterval(() => void flush().catch(onError), FLUSH_EVERY_MS).unref();
  return {
    record(kind, lastUsed) {
      for (const [name, time] of Object.entries(lastUsed)) {
        pending.set(`${kind}/${name}`, { kind, name, time });
      }
    },
    async get(reader, kind, name) {
      const recent = pending.get(`${kind}/${name}`);
      if (recent) return recent.time;
      const row = await reader
        .selectFrom('key_uses')
        .select('last_used_at')
        .where('kind', '=', kind)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.last_used_at;
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

async function store(db: ConfigurationDatabase, uses: readonly KeyUse[]): Promise<void> {
  if (uses.length === 0) return;
  await db.transaction().execute(async (trx) => {
    for (const { kind, name, time } of uses) {
      // A key that was deleted in the meantime has no row to belong to.
      if (!(await objectExists(trx, kind, name))) continue;
      await trx
        .insertInto('key_uses')
        .values({ kind, name, last_used_at: time })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'name']).doUpdateSet({ last_used_at: time }),
        )
        .execute();
    }
  });
}
