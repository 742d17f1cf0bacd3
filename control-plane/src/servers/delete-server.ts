/** DELETE /api/v1/servers/{name} */
import type { Objects } from '../configuration/objects.ts';
import { conditionHeaders, deleteQuery, nameParams } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type ServerBody, server } from './server.ts';

export const deleteServer = defineRoute({
  operationId: 'deleteServer',
  method: 'delete',
  path: '/api/v1/servers/{name}',
  tag: 'Servers',
  scope: 'editor',
  summary: 'Delete a server',
  description:
    'Ends its upstreams and removes its secrets. Refused while a namespace or a limit refers to it.',
  params: nameParams,
  query: deleteQuery,
  headers: conditionHeaders,
  replies: { 200: { description: 'Deleted; as it was.', schema: server } },
  problems: ['in-use', 'protected', 'precondition-failed', 'storage-full'],
  handle: (input, { servers }: { servers: Objects<ServerBody> }) => servers.delete(input),
});
