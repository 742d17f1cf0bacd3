/** POST /api/v1/keys/{name}/rotate */
import { conditionHeaders, ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { issuedKey, type KeyBody } from './key.ts';
import { rotateBody } from './key-fields.ts';
import type { KeyObjects } from './key-objects.ts';

export const rotateKey = defineRoute({
  operationId: 'rotateKey',
  method: 'post',
  path: '/api/v1/keys/{name}/rotate',
  tag: 'Keys',
  scope: 'editor',
  summary: 'Give a key a new secret',
  description: `Shows the next secret, once. The former one goes on working for \`overlap_seconds\`, so that clients can
change over; of earlier ones the latest two do too. Lineage, limits and records stay the same.`,
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
      schema: issuedKey,
      headers: ETAG_HEADER,
    },
  },
  problems: ['revoked', 'precondition-failed', 'storage-full'],
  handle: (input, { keys }: { keys: KeyObjects<KeyBody> }) => keys.rotate(input),
});
