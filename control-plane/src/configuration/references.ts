/** References between objects: what they name must exist, and what is named must stay. */
import { Problem, unprocessable } from '../http/problem.ts';
import type { KindName, Reader } from '../storage/configuration-database.ts';
import type { CommonConfig, Kind, Reference } from './kind.ts';
import { objectExists } from './object-store.ts';

/** How many users an in-use problem names. */
const NAMED_USERS = 20;

/** Throws 422 with a pointer at each reference to something that does not exist. */
export async function checkReferences(db: Reader, references: readonly Reference[]): Promise<void> {
  const missing: Reference[] = [];
  for (const reference of references) {
    if (!(await objectExists(db, reference.kind, reference.name))) missing.push(reference);
  }
  if (missing.length === 0) return;
  throw unprocessable(
    missing.map(({ kind, name, pointer }) => ({
      pointer,
      code: 'missing_reference',
      message: `there is no ${kind}/${name}: create it first`,
    })),
  );
}

/** Throws 422 if another object of the kind has the same unique value. */
export async function checkUnique<C extends CommonConfig, S>(
  db: Reader,
  kind: Kind<C, S>,
  name: string,
  config: C,
): Promise<void> {
  const unique = kind.unique?.(config);
  if (!unique) return;
  const other = await db
    .selectFrom('unique_values')
    .select('name')
    .where('kind', '=', kind.kind)
    .where('value', '=', unique.value)
    .where('name', '!=', name)
    .executeTakeFirst();
  if (!other) return;
  const message = `${kind.kind}/${other.name} has "${unique.value}" already: choose another value`;
  throw unprocessable([{ pointer: unique.pointer, code: 'not_unique', message }]);
}

/** Throws 409 naming the objects that refer to this one. */
export async function checkUnused(db: Reader, kind: KindName, name: string): Promise<void> {
  const users = await db
    .selectFrom('object_references')
    .select(['from_kind', 'from_name'])
    .where('to_kind', '=', kind)
    .where('to_name', '=', name)
    .orderBy('from_kind')
    .orderBy('from_name')
    .limit(NAMED_USERS + 1)
    .execute();
  if (users.length === 0) return;
  const named = users.slice(0, NAMED_USERS).map((user) => `${user.from_kind}/${user.from_name}`);
  const more = users.length > NAMED_USERS ? ' and more' : '';
  throw new Problem(
    'in-use',
    `${kind}/${name} is used by ${named.join(', ')}${more}: change or delete them first`,
    { extra: { used_by: named } },
  );
}
