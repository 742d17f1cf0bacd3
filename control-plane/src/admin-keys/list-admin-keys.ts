/** GET /api/v1/admin-keys */
import type { Objects } from '../configuration/objects.ts';
import { listQuery } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type AdminKeyBody, adminKeyPage } from './admin-key.ts';

export const listAdminKeys = defineRoute({
  operationId: 'listAdminKeys',
  method: 'get',
  path: '/api/v1/admin-keys',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'List admin keys',
  description: 'All admin keys, sorted by name, page by page. Never a secret.',
  query: listQuery,
  replies: { 200: { description: 'One page.', schema: adminKeyPage } },
  handle: ({ query }, { adminKeys }: { adminKeys: Objects<AdminKeyBody> }) => adminKeys.list(query),
});
