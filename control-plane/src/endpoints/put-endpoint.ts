/** PUT /api/v1/endpoints/{name} */
import type { Objects } from '../configuration/objects.ts';
import {
  COMPUTED_NAMES,
  conditionHeaders,
  ETAG_HEADER,
  nameParams,
  writeQuery,
} from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type EndpointBody, endpoint, endpointBody } from './endpoint.ts';

export const putEndpoint = defineRoute({
  operationId: 'putEndpoint',
  method: 'put',
  path: '/api/v1/endpoints/{name}',
  tag: 'Endpoints',
  scope: 'editor',
  summary: 'Create or replace an endpoint',
  description: `Publishes a namespace under a URL. The same body twice changes nothing. Acts on the next request.`,
  params: nameParams,
  query: writeQuery,
  headers: conditionHeaders,
  body: endpointBody,
  computed: [...COMPUTED_NAMES, 'url', 'sse_url', 'rest_url'],
  bodyExamples: {
    key: { summary: 'For clients with a key', value: { namespace: 'tour' } },
    open: {
      summary: 'Open to everybody, under another path',
      value: { namespace: 'tour', path: 'Public', auth: ['none'] },
    },
  },
  replies: {
    200: { description: 'Replaced, or unchanged.', schema: endpoint, headers: ETAG_HEADER },
    201: { description: 'Created.', schema: endpoint, headers: ETAG_HEADER },
  },
  problems: ['precondition-failed', 'unprocessable', 'storage-full'],
  handle: (input, { endpoints }: { endpoints: Objects<EndpointBody> }) => endpoints.put(input),
});
