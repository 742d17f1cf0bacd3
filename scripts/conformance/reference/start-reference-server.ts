/** The reference server over Streamable HTTP on a port of its own, a session for each client. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { createReferenceServer } from './create-reference-server.ts';

interface ReferenceServer extends AsyncDisposable {
  readonly url: string;
}

export async function startReferenceServer(): Promise<ReferenceServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let port = 0;
  const http = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && known === undefined) response.writeHead(404).end();
    else await (known ?? (await openSession(sessions, port))).handleRequest(request, response);
  }
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async [Symbol.asyncDispose]() {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** Its own protection against DNS rebinding is on, so that the suite passes without a gateway too. */
async function openSession(
  sessions: Map<string, StreamableHTTPServerTransport>,
  port: number,
): Promise<StreamableHTTPServerTransport> {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
    enableDnsRebindingProtection: true,
    allowedHosts: hosts,
    allowedOrigins: hosts.map((host) => `http://${host}`),
  });
  // Their types differ in one optional field, which `exactOptionalPropertyTypes` minds.
  await createReferenceServer().connect(transport as Transport);
  return transport;
}
