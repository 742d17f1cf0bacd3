/** POST /api/v1/admin-keys */
import { ETAG_HEADER } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import type { KeyObjects } from '../keys/key-objects.ts';
import { type AdminKeyBody, issuedAdminKey, newAdminKeyBody } from './admin-key.ts';

export const createAdminKey = defineRoute({
  operationId: 'createAdminKey',
  method: 'post',
  path: '/api/v1/admin-keys',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'Issue an admin key',
  description: `Creates an admin key and shows its secret, once: only a keyed hash of it is stored.`,
  body: newAdminKeyBody,
  bodyExamples: {
    editor: { summary: 'For a pipeline', value: { name: 'terraform', scope: 'editor' } },
  },
  replies: {
    201: {
      description: 'Created; the secret is shown here only.',
      schema: issuedAdminKey,
      headers: ETAG_HEADER,
    },
  },
  problems: ['already-exists', 'unprocessable', 'storage-full'],
  handle: (input, { adminKeys }: { adminKeys: KeyObjects<AdminKeyBody> }) =>
    adminKeys.create(input),
});
