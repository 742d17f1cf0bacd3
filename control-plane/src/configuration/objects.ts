/** What the routes of a kind do: list, get, put, delete. */
import type { z } from 'zod';
import type { Cursors } from '../http/cursor.ts';
import type {
  conditionHeaders,
  deleteQuery,
  listQuery,
  writeQuery,
} from '../http/object-schemas.ts';
import { Problem } from '../http/problem.ts';
import type { Origin, RouteReply } from '../http/route.ts';
import type { ConfigurationDatabase, Reader, Writer } from '../storage/configuration-database.ts';
import { conditionsOf, entityTag } from './conditions.ts';
import {
  type ConfigurationWriter,
  type Draft,
  notFound,
  type Written,
} from './configuration-writer.ts';
import type { CommonConfig, Kind, Stored } from './kind.ts';
import { createObjectStore } from './object-store.ts';
import { checkUnused } from './references.ts';

/** What a PUT is made of, inside its transaction. */
export interface PutContext<C, S> {
  readonly name: string;
  readonly before: Stored<C, S> | undefined;
  readonly db: Writer;
  /** What the object gets if it changes. */
  readonly revision: number;
  readonly origin: Origin;
}

/** How one kind differs from the others. */
export interface ObjectsDefinition<C extends CommonConfig, S, B> {
  readonly kind: Kind<C, S>;
  /** Checks a body against everything else, and says what is to be stored. Throws problems. */
  draft(body: B, context: PutContext<C, S>): Promise<Draft<C, S>>;
  /** The object as the API shows it. */
  present(object: Stored<C, S>, db: Reader): Promise<Presented>;
  /** Throws if the object must stay, beside being protected or in use. */
  checkDelete?(object: Stored<C, S>, db: Reader): Promise<void>;
  /** The object was deleted, and that is committed. */
  onDeleted?(name: string): void;
}

export type Presented = object;

interface WriteInput<Q> {
  readonly params: { readonly name: string };
  readonly query: Q;
  readonly headers: z.output<typeof conditionHeaders>;
  readonly sentRevision: number | undefined;
  readonly origin: Origin;
}

export interface Objects<B> {
  list(query: z.output<typeof listQuery>): Promise<RouteReply>;
  get(name: string): Promise<RouteReply>;
  put(input: WriteInput<z.output<typeof writeQuery>> & { readonly body: B }): Promise<RouteReply>;
  delete(input: WriteInput<z.output<typeof deleteQuery>>): Promise<RouteReply>;
}

export interface ObjectsDeps {
  readonly db: ConfigurationDatabase;
  readonly writer: ConfigurationWriter;
  readonly cursors: Cursors;
}

export function createObjects<C extends CommonConfig, S, B>(
  { db, writer, cursors }: ObjectsDeps,
  definition: ObjectsDefinition<C, S, B>,
): Objects<B> {
  const { kind, present } = definition;
  const store = createObjectStore(kind);
  return {
    async list({ limit, cursor, label, name_prefix }) {
      const filters = JSON.stringify([kind.kind, label, name_prefix]);
      const after = cursor === undefined ? undefined : cursors.open(cursor, filters);
      const labels = label.map(splitLabel);
      const options = { after, limit: limit + 1, namePrefix: name_prefix, labels };
      const found = await store.list(db, options);
      const page = found.slice(0, limit);
      const items = await Promise.all(page.map((object) => present(object, db)));
      const last = page.at(-1);
      const more = found.length > limit && last !== undefined;
      const next = more ? { next_cursor: cursors.seal(last.name, filters) } : {};
      return { status: 200, body: { items, ...next } };
    },
    async get(name) {
      const object = await store.get(db, name);
      if (!object) throw notFound(kind, name);
      const headers = { ETag: entityTag(object.revision) };
      return { status: 200, body: await present(object, db), headers };
    },
    async put({ params: { name }, query, body, origin, ...rest }) {
      const written = await writer.write({
        ...{ kind, name, origin, present },
        conditions: conditionsOf(rest),
        dryRun: query.dry_run,
        next: (before, trx, revision) =>
          definition.draft(body, { name, before, db: trx, revision, origin }),
      });
      return writtenReply(written);
    },
    async delete({ params: { name }, query, origin, ...rest }) {
      const written = await writer.write({
        ...{ kind, name, origin, present },
        conditions: conditionsOf(rest),
        dryRun: query.dry_run,
        mustExist: true,
        async next(before, trx) {
          if (before) await checkDeletable(definition, before, trx, query.force);
          return undefined;
        },
      });
      if (!query.dry_run) definition.onDeleted?.(name);
      return writtenReply(written);
    },
  };
}

/** The reply to a write: the object, its tag, and whether it is in use already. */
export function writtenReply(
  { outcome, object, revision, applied }: Written<Presented>,
  more: Presented = {},
): RouteReply {
  const known = applied === undefined ? {} : { applied };
  const tag: Record<string, string> =
    applied === undefined || outcome === 'deleted' ? {} : { ETag: entityTag(revision) };
  const status = outcome === 'created' ? 201 : 200;
  return { status, body: { ...object, ...more, ...known }, headers: tag };
}

/** Name, configuration and the computed fields of every kind. */
export function presentCommon<C extends CommonConfig, S>(object: Stored<C, S>): Presented {
  return {
    name: object.name,
    ...object.config,
    revision: object.revision,
    created_at: new Date(object.createdAt).toISOString(),
    updated_at: new Date(object.updatedAt).toISOString(),
  };
}

async function checkDeletable<C extends CommonConfig, S, B>(
  { kind, checkDelete }: ObjectsDefinition<C, S, B>,
  object: Stored<C, S>,
  db: Reader,
  force: boolean,
): Promise<void> {
  if (object.config.protected && !force) {
    const detail = `${kind.kind}/${object.name} is protected: set "protected" to false first, or add ?force=true`;
    throw new Problem('protected', detail);
  }
  await checkUnused(db, kind.kind, object.name);
  await checkDelete?.(object, db);
}

function splitLabel(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
