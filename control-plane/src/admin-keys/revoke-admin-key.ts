/** POST /api/v1/admin-keys/{name}/revoke */
import { conditionHeaders, ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import type { KeyObjects } from '../keys/key-objects.ts';
import { type AdminKeyBody, adminKey } from './admin-key.ts';

export const revokeAdminKey = defineRoute({
  operationId: 'revokeAdminKey',
  method: 'post',
  path: '/api/v1/admin-keys/{name}/revoke',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'Revoke an admin key',
  description: `It stops working at once. It stays in the list, and cannot be brought back. Revoking it again changes nothing.
The last owner whose key never expires cannot be revoked.`,
  params: nameParams,
  headers: conditionHeaders.pick({ 'if-match': true }),
  replies: {
    200: { description: 'Revoked.', schema: adminKey, headers: ETAG_HEADER },
  },
  problems: ['last-owner', 'precondition-failed', 'storage-full'],
  handle: (input, { adminKeys }: { adminKeys: KeyObjects<AdminKeyBody> }) =>
    adminKeys.revoke(input),
});
