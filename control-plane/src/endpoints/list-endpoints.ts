/** GET /api/v1/endpoints */
import type { Objects } from '../configuration/objects.ts';
import { listQuery } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type EndpointBody, endpointPage } from './endpoint.ts';

export const listEndpoints = defineRoute({
  operationId: 'listEndpoints',
  method: 'get',
  path: '/api/v1/endpoints',
  tag: 'Endpoints',
  scope: 'viewer',
  summary: 'List endpoints',
  description: 'All endpoints, sorted by name, page by page.',
  query: listQuery,
  replies: { 200: { description: 'One page.', schema: endpointPage } },
  handle: ({ query }, { endpoints }: { endpoints: Objects<EndpointBody> }) => endpoints.list(query),
});
