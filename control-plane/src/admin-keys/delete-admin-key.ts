/** DELETE /api/v1/admin-keys/{name} */
import type { Objects } from '../configuration/objects.ts';
import { conditionHeaders, deleteQuery, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type AdminKeyBody, adminKey } from './admin-key.ts';

export const deleteAdminKey = defineRoute({
  operationId: 'deleteAdminKey',
  method: 'delete',
  path: '/api/v1/admin-keys/{name}',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'Delete an admin key',
  description:
    'It stops working at once. The last owner whose key never expires cannot be deleted.',
  params: nameParams,
  query: deleteQuery,
  headers: conditionHeaders,
  replies: { 200: { description: 'Deleted; as it was.', schema: adminKey } },
  problems: ['last-owner', 'protected', 'precondition-failed', 'storage-full'],
  handle: (input, { adminKeys }: { adminKeys: Objects<AdminKeyBody> }) => adminKeys.delete(input),
});
