/** DELETE /api/v1/endpoints/{name} */
import type { Objects } from '../configuration/objects.ts';
import { conditionHeaders, deleteQuery, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type EndpointBody, endpoint } from './endpoint.ts';

export const deleteEndpoint = defineRoute({
  operationId: 'deleteEndpoint',
  method: 'delete',
  path: '/api/v1/endpoints/{name}',
  tag: 'Endpoints',
  scope: 'editor',
  summary: 'Delete an endpoint',
  description: 'Clients get 404 from then on. Refused while a key or a limit refers to it.',
  params: nameParams,
  query: deleteQuery,
  headers: conditionHeaders,
  replies: { 200: { description: 'Deleted; as it was.', schema: endpoint } },
  problems: ['in-use', 'protected', 'precondition-failed', 'storage-full'],
  handle: (input, { endpoints }: { endpoints: Objects<EndpointBody> }) => endpoints.delete(input),
});
