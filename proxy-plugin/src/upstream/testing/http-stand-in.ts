/** Small HTTP servers with faults, and MCP ones that do as they are told. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpStandIn extends AsyncDisposable {
  readonly origin: string;
  readonly url: string;
  /** Every request that came, in order. */
  readonly requests: {
    method: string;
    path: string;
    headers: IncomingMessage['headers'];
    body: string;
  }[];
}

export interface RpcRequest {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

export type OnRequest = (
  message: RpcRequest,
  response: ServerResponse,
  request: IncomingMessage,
) => void;

/** Answers `initialize` (with a session id) and notifications; gives all else to `onCall`. */
export async function startHttpStandIn(onCall: OnRequest, onAny?: OnRequest): Promise<HttpStandIn> {
  const requests: HttpStandIn['requests'] = [];
  let sessions = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      requests.push({ method, path: url, headers, body });
      const message: RpcRequest = body === '' ? {} : JSON.parse(body);
      onAny?.(message, response, request);
      if (response.headersSent) return;
      if (message.method === 'initialize') {
        sessions += 1;
        response.setHeader('Mcp-Session-Id', `session-${sessions}`);
        answer(response, message, {
          protocolVersion: '2025-06-18',
          capabilities: { tools: {} },
          serverInfo: { name: 'stand-in', version: '1' },
        });
      } else if (message.id === undefined) response.writeHead(202).end();
      else onCall(message, response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/mcp`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function answer(response: ServerResponse, message: RpcRequest, result: unknown): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
}
