/** GET /api/v1/changes — who changed what, newest first. */
import { z } from 'zod';
import type { Cursors } from '../http/cursor.ts';
import { defineRoute } from '../http/route.ts';
import type { ConfigurationDatabase } from '../storage/configuration-database.ts';
import { ACTIONS, changeSchema, KIND_NAMES, toChange } from './change.ts';
import { readChanges } from './change-store.ts';

const moment = z.iso.datetime({
  offset: true,
  error: 'must be a time such as 2026-11-22T18:00:00Z',
});

const filterFields = {
  kind: z.enum(KIND_NAMES).optional().describe('Only objects of this kind.'),
  name: z.string().min(1).max(100).optional().describe('Only the object of this name.'),
  actor: z.string().min(1).max(100).optional().describe('Name of the admin key.'),
  action: z.enum(ACTIONS).optional(),
  from: moment.optional().describe('Only changes at this time or later (RFC 3339).'),
  to: moment.optional().describe('Only changes before this time (RFC 3339).'),
};

const query = z.strictObject({
  ...filterFields,
  limit: z.int().min(1).max(500).default(100).describe('Most items in one reply.'),
  cursor: z.string().max(1000).optional().describe('`next_cursor` of the page before.'),
});

const changePage = z
  .object({
    items: z.array(changeSchema).describe('Newest first.'),
    next_cursor: z.string().optional().describe('Absent on the last page.'),
  })
  .meta({ id: 'ChangePage', description: 'One page of changes.' });

interface ListChangesDeps {
  readonly db: ConfigurationDatabase;
  readonly cursors: Cursors;
}

export const listChanges = defineRoute({
  operationId: 'listChanges',
  method: 'get',
  path: '/api/v1/changes',
  tag: 'Changes',
  scope: 'viewer',
  summary: 'Read the record of changes',
  description:
    'Every write of configuration: who, what, when, and the difference, without secrets. Written in the same transaction as the change itself. Filters combine.',
  query,
  replies: { 200: { description: 'One page.', schema: changePage } },
  async handle({ query: { limit, cursor, ...filter } }, { db, cursors }: ListChangesDeps) {
    const filters = JSON.stringify(['changes', ...Object.entries(filter).toSorted()]);
    const before = cursor === undefined ? undefined : Number(cursors.open(cursor, filters));
    const times = { from: timeOf(filter.from), to: timeOf(filter.to) };
    const rows = await readChanges(db, { ...filter, ...times }, limit + 1, before);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      status: 200,
      body: {
        items: page.map(toChange),
        ...(more && { next_cursor: cursors.seal(String(last.revision), filters) }),
      },
    };
  },
});

/** Unix milliseconds. */
function timeOf(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}
