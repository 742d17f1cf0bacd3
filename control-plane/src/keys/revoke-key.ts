/** POST /api/v1/keys/{name}/revoke */
import { conditionHeaders, ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type KeyBody, key } from './key.ts';
import type { KeyObjects } from './key-objects.ts';

export const revokeKey = defineRoute({
  operationId: 'revokeKey',
  method: 'post',
  path: '/api/v1/keys/{name}/revoke',
  tag: 'Keys',
  scope: 'editor',
  summary: 'Revoke a key',
  description: `It stops working with the next request, and its open streams are closed. It stays in the list, and cannot be
brought back. Revoking it again changes nothing.`,
  params: nameParams,
  headers: conditionHeaders.pick({ 'if-match': true }),
  replies: {
    200: { description: 'Revoked.', schema: key, headers: ETAG_HEADER },
  },
  problems: ['precondition-failed', 'storage-full'],
  handle: (input, { keys }: { keys: KeyObjects<KeyBody> }) => keys.revoke(input),
});
