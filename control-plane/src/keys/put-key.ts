/** PUT /api/v1/keys/{name} */
import type { Objects } from '../configuration/objects.ts';
import {
  COMPUTED_NAMES,
  conditionHeaders,
  ETAG_HEADER,
  nameParams,
  writeQuery,
} from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type KeyBody, key, keyBody } from './key.ts';

export const putKey = defineRoute({
  operationId: 'putKey',
  method: 'put',
  path: '/api/v1/keys/{name}',
  tag: 'Keys',
  scope: 'editor',
  summary: 'Create or replace a key',
  description: `Sets what a key may do; acts on the next request. The same body twice changes nothing. Never shows a
secret: a key that is created here has none until it is rotated, or brings its own in \`secret\` (write-only).`,
  params: nameParams,
  query: writeQuery,
  headers: conditionHeaders,
  body: keyBody,
  computed: [...COMPUTED_NAMES, 'principal', 'status', 'secrets', 'revoked_at', 'last_used_at'],
  bodyExamples: {
    reader: {
      summary: 'Read-only, for one server, until a date',
      value: {
        endpoints: ['default'],
        subject: 'alice@example.com',
        allow: ['files/*'],
        read_only: true,
        expires_at: '2099-12-31T00:00:00Z',
      },
    },
    imported: {
      summary: 'With a secret that clients have already',
      value: { endpoints: ['default'], secret: 'sk_mt_0123456789abcdef' },
    },
  },
  replies: {
    200: { description: 'Replaced, or unchanged.', schema: key, headers: ETAG_HEADER },
    201: { description: 'Created.', schema: key, headers: ETAG_HEADER },
  },
  problems: ['already-exists', 'revoked', 'precondition-failed', 'unprocessable', 'storage-full'],
  handle: (input, { keys }: { keys: Objects<KeyBody> }) => keys.put(input),
});
