/** POST /api/v1/keys */
import { ETAG_HEADER } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { issuedKey, type KeyBody, newKeyBody } from './key.ts';
import type { KeyObjects } from './key-objects.ts';

export const createKey = defineRoute({
  operationId: 'createKey',
  method: 'post',
  path: '/api/v1/keys',
  tag: 'Keys',
  scope: 'editor',
  summary: 'Issue a key',
  description: `Creates a key and shows its secret, once: only a keyed hash of it is stored.`,
  body: newKeyBody,
  bodyExamples: {
    plain: { summary: 'For one endpoint', value: { name: 'alice', endpoints: ['default'] } },
    narrow: {
      summary: 'For one server, without one tool',
      value: {
        name: 'ci',
        endpoints: ['default'],
        allow: ['everything/*'],
        deny: ['everything/get-env'],
        labels: { team: 'build' },
      },
    },
  },
  replies: {
    201: {
      description: 'Created; the secret is shown here only.',
      schema: issuedKey,
      headers: ETAG_HEADER,
    },
  },
  problems: ['already-exists', 'unprocessable', 'storage-full'],
  handle: (input, { keys }: { keys: KeyObjects<KeyBody> }) => keys.create(input),
});
