/** GET /api/v1/namespaces */
import type { Objects } from '../configuration/objects.ts';
import { listQuery } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type NamespaceBody, namespacePage } from './namespace.ts';

export const listNamespaces = defineRoute({
  operationId: 'listNamespaces',
  method: 'get',
  path: '/api/v1/namespaces',
  tag: 'Namespaces',
  scope: 'viewer',
  summary: 'List namespaces',
  description: 'All namespaces, sorted by name, page by page.',
  query: listQuery,
  replies: { 200: { description: 'One page.', schema: namespacePage } },
  handle: ({ query }, { namespaces }: { namespaces: Objects<NamespaceBody> }) =>
    namespaces.list(query),
});
