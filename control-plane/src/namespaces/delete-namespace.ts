/** DELETE /api/v1/namespaces/{name} */
import type { Objects } from '../configuration/objects.ts';
import { conditionHeaders, deleteQuery, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type NamespaceBody, namespace } from './namespace.ts';

export const deleteNamespace = defineRoute({
  operationId: 'deleteNamespace',
  method: 'delete',
  path: '/api/v1/namespaces/{name}',
  tag: 'Namespaces',
  scope: 'editor',
  summary: 'Delete a namespace',
  description: 'Refused while an endpoint refers to it.',
  params: nameParams,
  query: deleteQuery,
  headers: conditionHeaders,
  replies: { 200: { description: 'Deleted; as it was.', schema: namespace } },
  problems: ['in-use', 'protected', 'precondition-failed', 'storage-full'],
  handle: (input, { namespaces }: { namespaces: Objects<NamespaceBody> }) =>
    namespaces.delete(input),
});
