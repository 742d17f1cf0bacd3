/** Writes the record of a change, in the transaction of the change itself. */
import type { Origin } from '../http/route.ts';
import type { KindName, Writer } from '../storage/configuration-database.ts';
import type { DiffEntry } from './diff.ts';

export type ChangeAction = 'create' | 'replace' | 'delete' | 'rotate' | 'revoke';

export interface Change {
  /** The global revision that the change made; one change, one revision. */
  readonly revision: number;
  /** Unix milliseconds. */
  readonly time: number;
  readonly origin: Origin;
  readonly action: ChangeAction;
  readonly kind: KindName;
  readonly name: string;
  /** Without secrets: what was sealed or digested appears as `set` or `removed` only. */
  readonly diff: readonly DiffEntry[];
}

export async function recordChange(db: Writer, change: Change): Promise<void> {
  await db
    .insertInto('changes')
    .values({
      revision: change.revision,
      time: change.time,
      actor: change.origin.actor.name,
      action: change.action,
      kind: change.kind,
      name: change.name,
      diff: JSON.stringify(change.diff),
      request_id: change.origin.requestId,
      source: change.origin.userAgent,
    })
    .execute();
}
