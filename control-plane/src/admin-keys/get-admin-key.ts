/** GET /api/v1/admin-keys/{name} */
import type { Objects } from '../configuration/objects.ts';
import { ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type AdminKeyBody, adminKey } from './admin-key.ts';

export const getAdminKey = defineRoute({
  operationId: 'getAdminKey',
  method: 'get',
  path: '/api/v1/admin-keys/{name}',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'Read an admin key',
  description: 'What was PUT, defaults filled in, and computed fields. Never the secret.',
  params: nameParams,
  replies: { 200: { description: 'The admin key.', schema: adminKey, headers: ETAG_HEADER } },
  handle: ({ params }, { adminKeys }: { adminKeys: Objects<AdminKeyBody> }) =>
    adminKeys.get(params.name),
});
