/** POST /api/v1/admin-keys/{name}/rotate */
import { conditionHeaders, ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { rotateBody } from '../keys/key-fields.ts';
import type { KeyObjects } from '../keys/key-objects.ts';
import { type AdminKeyBody, issuedAdminKey } from './admin-key.ts';

export const rotateAdminKey = defineRoute({
  operationId: 'rotateAdminKey',
  method: 'post',
  path: '/api/v1/admin-keys/{name}/rotate',
  tag: 'Admin keys',
  scope: 'owner',
  summary: 'Give an admin key a new secret',
  description: `Shows the next secret, once. The former one goes on working for \`overlap_seconds\`, so that clients can
change over; of earlier ones the latest two do too.`,
  params: nameParams,
  headers: conditionHeaders.pick({ 'if-match': true }),
  body: rotateBody,
  bodyOptional: true,
  bodyExamples: {
    overlap: { summary: 'An hour to change over', value: { overlap_seconds: 3600 } },
    leaked: { summary: 'The former one ends now', value: { overlap_seconds: 0 } },
  },
  replies: {
    200: {
      description: 'Rotated; the secret is shown here only.',
      schema: issuedAdminKey,
      headers: ETAG_HEADER,
    },
  },
  problems: ['revoked', 'precondition-failed', 'storage-full'],
  handle: (input, { adminKeys }: { adminKeys: KeyObjects<AdminKeyBody> }) =>
    adminKeys.rotate(input),
});
