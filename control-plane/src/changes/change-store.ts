/** Reads the record of changes. */
import type {
  ConfigurationDatabase,
  ConfigurationTables,
} from '../storage/configuration-database.ts';

/** What is given must all fit; times in Unix milliseconds. */
export interface ChangeFilter {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** At this time or later. */
  readonly from?: number | undefined;
  /** Before this time. */
  readonly to?: number | undefined;
}

/** Newest first; older than the revision `before`, if given. */
export function readChanges(
  db: ConfigurationDatabase,
  filter: ChangeFilter,
  limit: number,
  before: number | undefined,
): Promise<ConfigurationTables['changes'][]> {
  let select = db.selectFrom('changes').selectAll().orderBy('revision', 'desc').limit(limit);
  if (before !== undefined) select = select.where('revision', '<', before);
  for (const column of ['kind', 'name', 'actor', 'action'] as const) {
    const value = filter[column];
    if (value !== undefined) select = select.where(column, '=', value);
  }
  if (filter.from !== undefined) select = select.where('time', '>=', filter.from);
  if (filter.to !== undefined) select = select.where('time', '<', filter.to);
  return select.execute();
}
