/** DELETE /api/v1/limits/{name} */
import type { Objects } from '../configuration/objects.ts';
import { conditionHeaders, deleteQuery, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type LimitBody, limit } from './limit.ts';

export const deleteLimit = defineRoute({
  operationId: 'deleteLimit',
  method: 'delete',
  path: '/api/v1/limits/{name}',
  tag: 'Limits',
  scope: 'editor',
  summary: 'Delete a limit',
  description: 'Acts on the next request.',
  params: nameParams,
  query: deleteQuery,
  headers: conditionHeaders,
  replies: { 200: { description: 'Deleted; as it was.', schema: limit } },
  problems: ['protected', 'precondition-failed', 'storage-full'],
  handle: (input, { limits }: { limits: Objects<LimitBody> }) => limits.delete(input),
});
