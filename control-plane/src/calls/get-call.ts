/** GET /api/v1/calls/{id} — one record. */
import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { toCall } from './call-row.ts';
import { callSchema } from './call-schema.ts';
import { findCall } from './call-store.ts';
import type { CallsDeps } from './list-calls.ts';

export const getCall = defineRoute({
  operationId: 'getCall',
  method: 'get',
  path: '/api/v1/calls/{id}',
  tag: 'Calls',
  scope: 'viewer',
  summary: 'Read one call record',
  description: 'The record with this `id`. Records are deleted by age and size, so it may be gone.',
  params: z.strictObject({
    id: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, { error: 'must be the id of a record' })
      .describe('Of the record.'),
  }),
  replies: { 200: { description: 'The record.', schema: callSchema } },
  async handle({ params: { id } }, { calls }: CallsDeps) {
    const row = await findCall(calls, Number(id));
    if (row) return { status: 200, body: toCall(row) };
    throw new Problem('not-found', `there is no call ${id}, or it has been deleted by retention`);
  },
});
