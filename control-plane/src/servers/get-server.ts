/** GET /api/v1/servers/{name} */
import type { Objects } from '../configuration/objects.ts';
import { ETAG_HEADER, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type ServerBody, server } from './server.ts';

export const getServer = defineRoute({
  operationId: 'getServer',
  method: 'get',
  path: '/api/v1/servers/{name}',
  tag: 'Servers',
  scope: 'viewer',
  summary: 'Read a server',
  description:
    'What was PUT, defaults filled in, and computed fields. Of secrets only the names are shown.',
  params: nameParams,
  replies: { 200: { description: 'The server.', schema: server, headers: ETAG_HEADER } },
  handle: ({ params }, { servers }: { servers: Objects<ServerBody> }) => servers.get(params.name),
});
