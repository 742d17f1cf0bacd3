/** A change as the API shows it. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { ConfigurationTables, KindName } from '../storage/configuration-database.ts';
import type { DiffEntry } from './diff.ts';
import type { ChangeAction } from './record-change.ts';

export const KIND_NAMES = [
  'servers',
  'namespaces',
  'endpoints',
  'keys',
  'admin-keys',
  'limits',
] as const satisfies readonly KindName[];

export const ACTIONS = [
  'create',
  'replace',
  'delete',
  'rotate',
  'revoke',
] as const satisfies readonly ChangeAction[];

const diffEntry = z
  .object({
    pointer: z.string().describe('JSON Pointer of the field; empty = the whole object.'),
    before: z.unknown().optional().describe('Absent: the field was added.'),
    after: z.unknown().optional().describe('Absent: the field was removed.'),
  })
  .meta({ id: 'DiffEntry', description: 'One field that changed. Secrets are never shown.' });

export const changeSchema = z
  .object({
    revision: z.int().describe('The number of this change; grows with every change of all.'),
    time: z.iso.datetime().describe('When it was committed.'),
    actor: z.string().describe('Name of the admin key, or `system` for the gateway itself.'),
    action: z.enum(ACTIONS),
    kind: z.enum(KIND_NAMES),
    name: z.string().describe('Of the object.'),
    diff: z.array(diffEntry),
    request_id: z.string().describe('Of the request that made it.'),
    source: z.string().describe('Its `User-Agent`, such as `curl/8.5`.'),
  })
  .meta({ id: 'Change', description: 'The record of one admin write.' });

export function toChange(row: Selectable<ConfigurationTables['changes']>) {
  return {
    ...row,
    time: new Date(row.time).toISOString(),
    diff: JSON.parse(row.diff) as DiffEntry[],
  };
}
