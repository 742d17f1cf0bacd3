/** GET /api/v1/namespaces/{name} */
import type { Objects } from '../configuration/objects.ts';
import { ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type NamespaceBody, namespace } from './namespace.ts';

export const getNamespace = defineRoute({
  operationId: 'getNamespace',
  method: 'get',
  path: '/api/v1/namespaces/{name}',
  tag: 'Namespaces',
  scope: 'viewer',
  summary: 'Read a namespace',
  description:
    'What was PUT, defaults filled in, and computed fields: what clients see of it, and clashes.',
  params: nameParams,
  replies: { 200: { description: 'The namespace.', schema: namespace, headers: ETAG_HEADER } },
  handle: ({ params }, { namespaces }: { namespaces: Objects<NamespaceBody> }) =>
    namespaces.get(params.name),
});
