/** GET /api/v1/keys */
import type { Objects } from '../configuration/objects.ts';
import { listQuery } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type KeyBody, keyPage } from './key.ts';

export const listKeys = defineRoute({
  operationId: 'listKeys',
  method: 'get',
  path: '/api/v1/keys',
  tag: 'Keys',
  scope: 'viewer',
  summary: 'List keys',
  description: 'All keys of clients, sorted by name, page by page. Never a secret.',
  query: listQuery,
  replies: { 200: { description: 'One page.', schema: keyPage } },
  handle: ({ query }, { keys }: { keys: Objects<KeyBody> }) => keys.list(query),
});
