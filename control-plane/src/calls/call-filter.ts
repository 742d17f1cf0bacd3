/** Which calls are asked for. */
import { matchesGlob } from '@sluice/contract/glob';
import { z } from 'zod';
import { outcome, transport } from './call-schema.ts';
import type { CallRow } from './calls-database.ts';

const moment = z.iso.datetime({
  offset: true,
  error: 'must be a time such as 2026-11-22T18:00:00Z',
});
const word = z.string().min(1).max(500);

/** Query parameters; what is given must all fit. */
export const callFilterFields = {
  from: moment.optional().describe('Only calls at this time or later (RFC 3339).'),
  to: moment.optional().describe('Only calls before this time (RFC 3339).'),
  principal: word.optional().describe('Who called.'),
  key: word.optional().describe('Name of the key.'),
  endpoint: word.optional().describe('Name of the endpoint.'),
  server: word.optional().describe('Name of the server.'),
  tool: word
    .optional()
    .describe('Glob on `<server>/<original name>`, such as `github/*`; `*` is the only wildcard.'),
  transport: transport.optional(),
  write: z.boolean().optional().describe('`true`: only what may have changed something.'),
  outcome: outcome.optional(),
  reason: word.optional().describe('Why it was denied or failed.'),
  request_id: word.optional().describe('The id of one request.'),
};

const callFilter = z.object(callFilterFields);
export type CallFilter = z.output<typeof callFilter>;

/** Whether `row` is asked for. */
export function fits(filter: CallFilter, row: CallRow): boolean {
  return (
    equals(filter.principal, row.principal) &&
    equals(filter.key, row.key) &&
    equals(filter.endpoint, row.endpoint) &&
    equals(filter.server, row.server) &&
    equals(filter.transport, row.transport) &&
    equals(filter.outcome, row.outcome) &&
    equals(filter.reason, row.reason) &&
    equals(filter.request_id, row.request_id) &&
    (filter.write === undefined || filter.write === (row.write === 1)) &&
    (filter.tool === undefined || matchesGlob(filter.tool, `${row.server}/${row.name}`))
  );
}

function equals(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}
