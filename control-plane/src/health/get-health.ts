/** GET /healthz */
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';

export const health = z
  .object({ status: z.literal('ok') })
  .meta({ id: 'Health', description: 'All is well.' });

export const getHealth = defineRoute({
  operationId: 'getHealth',
  method: 'get',
  path: '/healthz',
  tag: 'Health',
  scope: 'public',
  summary: 'Is the process alive',
  description: 'Answers as long as the API runs, whatever state the rest is in. For restarts.',
  replies: { 200: { description: 'Alive.', schema: health, example: { status: 'ok' } } },
  handle: async () => ({ status: 200, body: { status: 'ok' } }),
});
