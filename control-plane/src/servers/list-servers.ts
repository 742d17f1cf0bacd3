/** GET /api/v1/servers */
import type { Objects } from '../configuration/objects.ts';
import { listQuery } from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type ServerBody, serverPage } from './server.ts';

export const listServers = defineRoute({
  operationId: 'listServers',
  method: 'get',
  path: '/api/v1/servers',
  tag: 'Servers',
  scope: 'viewer',
  summary: 'List servers',
  description: 'All registered upstream MCP servers, sorted by name, page by page.',
  query: listQuery,
  replies: { 200: { description: 'One page.', schema: serverPage } },
  handle: ({ query }, { servers }: { servers: Objects<ServerBody> }) => servers.list(query),
});
