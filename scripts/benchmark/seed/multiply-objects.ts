/**
 * Fills a stopped gateway's database with many objects at once: copies of one that the API made.
 * The API itself would take minutes for a hundred thousand (one durable transaction and one
 * publication each).
 */
import path from 'node:path';
import {
  type ConfigurationDatabase,
  type KindName,
  openConfigurationDatabase,
  type Writer,
} from '../../../control-plane/src/storage/configuration-database.ts';

export interface Copies {
  readonly kind: KindName;
  /** The object that is copied. */
  readonly template: string;
  readonly names: readonly string[];
  /** What is different in each copy's configuration. */
  readonly vary?: (name: string) => Readonly<Record<string, unknown>>;
  /** What is different in each copy's state. */
  readonly varyState?: (name: string) => Readonly<Record<string, unknown>>;
  /** A value that only one object of the kind may have. */
  readonly unique?: (name: string) => string;
  /** Digest of the copy's credential. */
  readonly digest?: (name: string) => string;
}

/** Below SQLite's limit of bound values. */
const ROWS_PER_STATEMENT = 500;

/** Writes everything in one transaction. */
export async function multiplyObjects(dataDir: string, copies: Copies): Promise<void> {
  const db = await openConfigurationDatabase(path.join(dataDir, 'sluice.db'));
  try {
    await db.transaction().execute((writer) => writeCopies(writer, copies));
  } finally {
    await (db satisfies ConfigurationDatabase).destroy();
  }
}

async function writeCopies(db: Writer, copies: Copies): Promise<void> {
  const { kind, names, unique, digest } = copies;
  const template = await db
    .selectFrom('objects')
    .selectAll()
    .where('kind', '=', kind)
    .where('name', '=', copies.template)
    .executeTakeFirstOrThrow();
  const config = JSON.parse(template.config);
  const state = JSON.parse(template.state);
  for (const some of batches(names)) {
    const objects = some.map((name) => ({
      ...template,
      name,
      config: JSON.stringify({ ...config, ...copies.vary?.(name) }),
      state: JSON.stringify({ ...state, ...copies.varyState?.(name) }),
    }));
    await db.insertInto('objects').values(objects).execute();
    if (unique) {
      const values = some.map((name) => ({ kind, name, value: unique(name) }));
      await db.insertInto('unique_values').values(values).execute();
    }
    if (digest) {
      const created_at = template.created_at;
      const rows = some.map((name) => ({
        kind,
        name,
        digest: digest(name),
        hint: '',
        created_at,
        expires_at: null,
      }));
      await db.insertInto('credentials').values(rows).execute();
    }
  }
}

function batches(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / ROWS_PER_STATEMENT);
  return Array.from({ length: count }, (_, batch) =>
    names.slice(batch * ROWS_PER_STATEMENT, (batch + 1) * ROWS_PER_STATEMENT),
  );
}
