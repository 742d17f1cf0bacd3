/** PUT /api/v1/admin-keys/{name} */
import type { Objects } from '../configuration/objects.ts';
import {
  COMPUTED_NAMES,
  conditionHeaders,
  ETAG_HEADER,
  nameParams,
  writeQuery,
} from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type AdminKeyBody, adminKey, adminKeyBody } from './admin-key.ts';

export const putAdminKey = defineRoute({
  operationId: 'putAdminKey',
  method: 'put',
  path: '/api/v1/admin-keys/{name}',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'Create or replace an admin key',
  description: `Sets what an admin key may do; acts at once. The same body twice changes nothing. Never shows a secret: a key
that is created here has none until it is rotated, or brings its own in \`secret\` (write-only).`,
  params: nameParams,
  query: writeQuery,
  headers: conditionHeaders,
  body: adminKeyBody,
  computed: [...COMPUTED_NAMES, 'status', 'secrets', 'revoked_at', 'last_used_at'],
  bodyExamples: {
    viewer: { summary: 'May read', value: { scope: 'viewer', description: 'dashboards' } },
  },
  replies: {
    200: { description: 'Replaced, or unchanged.', schema: adminKey, headers: ETAG_HEADER },
    201: { description: 'Created.', schema: adminKey, headers: ETAG_HEADER },
  },
  problems: [
    'already-exists',
    'revoked',
    'last-owner',
    'precondition-failed',
    'unprocessable',
    'storage-full',
  ],
  handle: (input, { adminKeys }: { adminKeys: Objects<AdminKeyBody> }) => adminKeys.put(input),
});
