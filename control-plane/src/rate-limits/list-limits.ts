/** GET /api/v1/limits */
import type { Objects } from '../configuration/objects.ts';
import { listQuery } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type LimitBody, limitPage } from './limit.ts';

export const listLimits = defineRoute({
  operationId: 'listLimits',
  method: 'get',
  path: '/api/v1/limits',
  tag: 'Limits',
  scope: 'viewer',
  summary: 'List limits',
  description: 'All limits, sorted by name, page by page.',
  query: listQuery,
  replies: { 200: { description: 'One page.', schema: limitPage } },
  handle: ({ query }, { limits }: { limits: Objects<LimitBody> }) => limits.list(query),
});
