/** Objects of one kind in the database. The only place that knows their tables. */
import type { z } from 'zod';
import type {
  ConfigurationTables,
  KindName,
  Reader,
  Writer,
} from '../storage/configuration-database.ts';
import { DatabaseError } from '../storage/database-error.ts';
import type { CommonConfig, Kind, Stored } from './kind.ts';

export interface ListOptions {
  /** Names after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly namePrefix?: string | undefined;
  /** All must fit. */
  readonly labels?: readonly (readonly [name: string, value: string])[];
}

export interface ObjectStore<C, S> {
  get(db: Reader, name: string): Promise<Stored<C, S> | undefined>;
  /** Sorted by name. */
  list(db: Reader, options: ListOptions): Promise<Stored<C, S>[]>;
  all(db: Reader): Promise<Stored<C, S>[]>;
  /** Creates or replaces, with labels, references and unique value. */
  put(db: Writer, object: Stored<C, S>): Promise<void>;
  delete(db: Writer, name: string): Promise<void>;
}

type ObjectRow = ConfigurationTables['objects'];

export function createObjectStore<C extends CommonConfig, S>(kind: Kind<C, S>): ObjectStore<C, S> {
  const toObject = (row: ObjectRow): Stored<C, S> => ({
    name: row.name,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    config: parseStored(row, kind.config, row.config),
    state: parseStored(row, kind.state, row.state),
  });
  const select = (db: Reader) =>
    db.selectFrom('objects').selectAll().where('kind', '=', kind.kind).orderBy('name');
  return {
    async get(db, name) {
      const row = await select(db).where('name', '=', name).executeTakeFirst();
      return row && toObject(row);
    },
    async list(db, { after, limit, namePrefix, labels = [] }) {
      let query = select(db).limit(limit);
      if (after !== undefined) query = query.where('name', '>', after);
      // '~' sorts after everything that a name may contain. LIKE would ignore case on some databases.
      if (namePrefix !== undefined) {
        query = query.where('name', '>=', namePrefix).where('name', '<', `${namePrefix}~`);
      }
      for (const [label, value] of labels) {
        query = query.where('name', 'in', namesWithLabel(db, kind.kind, label, value));
      }
      return (await query.execute()).map(toObject);
    },
    async all(db) {
      return (await select(db).execute()).map(toObject);
    },
    async put(db, object) {
      await putRow(db, kind.kind, object);
      await putOwned(db, kind, object);
    },
    async delete(db, name) {
      await db
        .deleteFrom('objects')
        .where('kind', '=', kind.kind)
        .where('name', '=', name)
        .execute();
    },
  };
}

/** Whether there is an object of this kind and name. */
export async function objectExists(db: Reader, kind: KindName, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('objects')
    .select('name')
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst();
  return row !== undefined;
}

function namesWithLabel(db: Reader, kind: KindName, label: string, value: string) {
  return db
    .selectFrom('object_labels')
    .select('name')
    .where('kind', '=', kind)
    .where('label', '=', label)
    .where('value', '=', value);
}

async function putRow<C, S>(db: Writer, kind: KindName, object: Stored<C, S>): Promise<void> {
  const changing = {
    revision: object.revision,
    updated_at: object.updatedAt,
    config: JSON.stringify(object.config),
    state: JSON.stringify(object.state),
  };
  await db
    .insertInto('objects')
    .values({ kind, name: object.name, created_at: object.createdAt, ...changing })
    .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(changing))
    .execute();
}

/** Rows derived from the configuration: written anew each time. */
async function putOwned<C extends CommonConfig, S>(
  db: Writer,
  kind: Kind<C, S>,
  { name, config }: Stored<C, S>,
): Promise<void> {
  const owner = { kind: kind.kind, name };
  for (const table of ['object_labels', 'unique_values'] as const) {
    await db.deleteFrom(table).where('kind', '=', kind.kind).where('name', '=', name).execute();
  }
  await db
    .deleteFrom('object_references')
    .where('from_kind', '=', kind.kind)
    .where('from_name', '=', name)
    .execute();
  const labels = Object.entries(config.labels).map(([label, value]) => ({
    ...owner,
    label,
    value,
  }));
  if (labels.length > 0) await db.insertInto('object_labels').values(labels).execute();
  const unique = kind.unique?.(config);
  if (unique) {
    await db
      .insertInto('unique_values')
      .values({ ...owner, value: unique.value })
      .execute();
  }
  const targets = new Map(kind.references(config).map((to) => [`${to.kind}/${to.name}`, to]));
  for (const to of targets.values()) {
    const row = { from_kind: kind.kind, from_name: name, to_kind: to.kind, to_name: to.name };
    await db.insertInto('object_references').values(row).execute();
  }
}

/** What an earlier version stored may not fit this one: the error names the object, the field and the way out. */
function parseStored<T>(row: ObjectRow, schema: z.ZodType<T>, json: string): T {
  const parsed = schema.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `/${path.join('/')} ${message}`);
  throw new DatabaseError(
    `${row.kind}/${row.name} as it is stored does not fit this version: ${problems.join('; ')}. ` +
      'Start the version that wrote it, change the object there, and start this one again.',
  );
}
