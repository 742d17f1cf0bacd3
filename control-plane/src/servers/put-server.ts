/** PUT /api/v1/servers/{name} */
import type { Objects } from '../configuration/objects.ts';
import {
  COMPUTED_NAMES,
  conditionHeaders,
  ETAG_HEADER,
  nameParams,
  writeQuery,
} from '../http/object-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { type ServerBody, server, serverBody } from './server.ts';

export const putServer = defineRoute({
  operationId: 'putServer',
  method: 'put',
  path: '/api/v1/servers/{name}',
  tag: 'Servers',
  scope: 'editor',
  summary: 'Create or replace a server',
  description: `Registers an upstream MCP server. The same body twice changes nothing. The server is not
contacted: whether it works is in \`status\`, and a server that is down never fails a write.

**Secrets** go into \`secret_env\` and \`secret_headers\`. They are write-only: replies only list their names. A
name that a later PUT leaves out keeps its value, null removes it. A change of \`transport\`, \`command\` or the
origin of \`url\` needs every stored secret sent again (or removed), so that none goes where it was not meant to.

**stdio** servers run as the gateway's user: to create one, or to change how it runs, takes scope \`owner\`.
The setting \`SLUICE_STDIO\` may forbid them, or allow only listed commands.

Only \`stdio\` and \`streamable-http\` are supported by this version.`,
  params: nameParams,
  query: writeQuery,
  headers: conditionHeaders,
  body: serverBody,
  computed: [...COMPUTED_NAMES, 'status', 'secret_env_set', 'secret_headers_set'],
  bodyExamples: {
    stdio: {
      summary: 'A command that the gateway starts',
      value: {
        transport: 'stdio',
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-everything@2026.8.31'],
      },
    },
    http: {
      summary: 'A server with a URL and a token',
      value: {
        transport: 'streamable-http',
        url: 'https://mcp.example.com/mcp',
        secret_headers: { Authorization: 'Bearer token-of-the-server' },
        labels: { team: 'search' },
      },
    },
  },
  replies: {
    200: { description: 'Replaced, or unchanged.', schema: server, headers: ETAG_HEADER },
    201: { description: 'Created.', schema: server, headers: ETAG_HEADER },
  },
  problems: ['precondition-failed', 'unprocessable', 'storage-full'],
  handle: (input, { servers }: { servers: Objects<ServerBody> }) => servers.put(input),
});
