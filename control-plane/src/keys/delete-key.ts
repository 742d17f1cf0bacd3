/** DELETE /api/v1/keys/{name} */
import type { Objects } from '../configuration/objects.ts';
import { conditionHeaders, deleteQuery, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type KeyBody, key } from './key.ts';

export const deleteKey = defineRoute({
  operationId: 'deleteKey',
  method: 'delete',
  path: '/api/v1/keys/{name}',
  tag: 'Keys',
  scope: 'editor',
  summary: 'Delete a key',
  description: 'It stops working with the next request, and its open streams are closed.',
  params: nameParams,
  query: deleteQuery,
  headers: conditionHeaders,
  replies: { 200: { description: 'Deleted; as it was.', schema: key } },
  problems: ['protected', 'precondition-failed', 'storage-full'],
  handle: (input, { keys }: { keys: Objects<KeyBody> }) => keys.delete(input),
});
