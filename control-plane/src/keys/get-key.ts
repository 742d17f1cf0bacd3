/** GET /api/v1/keys/{name} */
import type { Objects } from '../configuration/objects.ts';
import { ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type KeyBody, key } from './key.ts';

export const getKey = defineRoute({
  operationId: 'getKey',
  method: 'get',
  path: '/api/v1/keys/{name}',
  tag: 'Keys',
  scope: 'viewer',
  summary: 'Read a key',
  description: 'What was PUT, defaults filled in, and computed fields. Never the secret.',
  params: nameParams,
  replies: { 200: { description: 'The key.', schema: key, headers: ETAG_HEADER } },
  handle: ({ params }, { keys }: { keys: Objects<KeyBody> }) => keys.get(params.name),
});
