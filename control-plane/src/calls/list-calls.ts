/** GET /api/v1/calls — the records of calls, newest first, as a page or as NDJSON. */
import { z } from 'zod';
import type { Cursors } from '../http/cursor.ts';
import { defineRoute } from '../http/route.ts';
import { type CallFilter, callFilterFields } from './call-filter.ts';
import { toCall } from './call-row.ts';
import { callSchema } from './call-schema.ts';
import type { CallsDatabase } from './calls-database.ts';
import { exportCalls } from './export-calls.ts';
import { type Position, readCalls } from './scan-calls.ts';

const NDJSON = 'application/x-ndjson';
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const query = z.strictObject({
  ...callFilterFields,
  limit: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Most records. A page has 100 by default and 1000 at most; NDJSON has all by default.',
    ),
  cursor: z.string().max(1000).optional().describe('`next_cursor` of the page before.'),
  format: z
    .enum(['json', 'ndjson'])
    .optional()
    .describe(`\`ndjson\` streams one record per line. So does \`Accept: ${NDJSON}\`.`),
});

const callPage = z
  .object({
    items: z.array(callSchema).describe('Newest first.'),
    next_cursor: z.string().optional().describe('Absent on the last page.'),
  })
  .meta({ id: 'CallPage', description: 'One page of calls.' });

export const listCalls = defineRoute({
  operationId: 'listCalls',
  method: 'get',
  path: '/api/v1/calls',
  tag: 'Calls',
  scope: 'viewer',
  summary: 'Read call records',
  description:
    'Who called what, when, and what became of it: one record per tool call, resource read and prompt, and one per kind of refusal and second. Filters combine. Records come about a second after the call. With `format=ndjson` all records that fit are streamed, one JSON object per line; the stream holds up neither traffic nor other requests.',
  query,
  headers: z.object({ accept: z.string().optional().describe(`\`${NDJSON}\` streams lines.`) }),
  replies: {
    200: {
      description: 'A page of records, or all of them as lines.',
      schema: callPage,
      alternatives: { [NDJSON]: 'One `Call` per line, newest first.' },
    },
  },
  async handle({ query: { limit, cursor, format, ...filter }, headers }, deps: ListCallsDeps) {
    const after = cursor === undefined ? undefined : positionOf(deps.cursors, cursor, filter);
    const wantsLines = format ? format === 'ndjson' : headers.accept?.includes(NDJSON);
    if (!wantsLines) return { status: 200, body: await page(deps, filter, limit, after) };
    return {
      status: 200,
      headers: { 'Content-Type': NDJSON },
      body: exportCalls(deps.calls, filter, limit, after),
    };
  },
});

export interface CallsDeps {
  readonly calls: CallsDatabase;
}

interface ListCallsDeps extends CallsDeps {
  readonly cursors: Cursors;
}

async function page(
  { calls, cursors }: ListCallsDeps,
  filter: CallFilter,
  limit = DEFAULT_LIMIT,
  after: Position | undefined,
) {
  const { rows, more } = await readCalls(calls, filter, Math.min(limit, MAX_LIMIT), after);
  const last = rows.at(-1);
  const next =
    more && last ? cursors.seal(`${last.time}.${last.id}`, filterName(filter)) : undefined;
  return { items: rows.map(toCall), ...(next && { next_cursor: next }) };
}

/** Throws 400 on a cursor of another list or with other filters. */
function positionOf(cursors: Cursors, cursor: string, filter: CallFilter): Position {
  const [time, id] = cursors.open(cursor, filterName(filter)).split('.').map(Number);
  return { time: time ?? 0, id: id ?? 0 };
}

function filterName(filter: CallFilter): string {
  return JSON.stringify(['calls', ...Object.entries(filter).toSorted()]);
}
