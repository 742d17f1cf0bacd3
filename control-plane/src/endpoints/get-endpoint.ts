/** GET /api/v1/endpoints/{name} */
import type { Objects } from '../configuration/objects.ts';
import { ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type EndpointBody, endpoint } from './endpoint.ts';

export const getEndpoint = defineRoute({
  operationId: 'getEndpoint',
  method: 'get',
  path: '/api/v1/endpoints/{name}',
  tag: 'Endpoints',
  scope: 'viewer',
  summary: 'Read an endpoint',
  description: 'What was PUT, defaults filled in, and computed fields such as its URL.',
  params: nameParams,
  replies: { 200: { description: 'The endpoint.', schema: endpoint, headers: ETAG_HEADER } },
  handle: ({ params }, { endpoints }: { endpoints: Objects<EndpointBody> }) =>
    endpoints.get(params.name),
});
