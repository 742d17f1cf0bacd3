/** GET /api/v1/limits/{name} */
import type { Objects } from '../configuration/objects.ts';
import { ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type LimitBody, limit } from './limit.ts';

export const getLimit = defineRoute({
  operationId: 'getLimit',
  method: 'get',
  path: '/api/v1/limits/{name}',
  tag: 'Limits',
  scope: 'viewer',
  summary: 'Read a limit',
  description: 'What was PUT, defaults filled in, and computed fields.',
  params: nameParams,
  replies: { 200: { description: 'The limit.', schema: limit, headers: ETAG_HEADER } },
  handle: ({ params }, { limits }: { limits: Objects<LimitBody> }) => limits.get(params.name),
});
