/** An HTTP+SSE server that does as it is told, faults included. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RpcRequest } from './http-stand-in.ts';

/** One session of the stand-in. */
export interface SseSession {
  readonly stream: ServerResponse;
  /** Sends a message on the stream. */
  say(message: unknown): void;
  /** Answers a request on the stream. */
  reply(message: RpcRequest, result: unknown): void;
}

export interface SseStandIn extends AsyncDisposable {
  readonly origin: string;
  readonly url: string;
  /** Streams that were opened, in order. */
  readonly sessions: SseSession[];
  readonly posts: { path: string; headers: IncomingMessage['headers']; message: RpcRequest }[];
  /** The headers of each GET. */
  readonly gets: { path: string; headers: IncomingMessage['headers'] }[];
}

export interface SseStandInDeps {
  /** Gets all but `initialize` and notifications; the POST is answered with 202 unless it does so. */
  onCall?(message: RpcRequest, session: SseSession, response: ServerResponse): void;
  /** May answer a GET in its own way; true = done. */
  onGet?(response: ServerResponse, request: IncomingMessage): boolean;
  /** What the `endpoint` event says; `null` = nothing. */
  endpoint?(session: number, origin: string): string | null;
}

export async function startSseStandIn(deps: SseStandInDeps = {}): Promise<SseStandIn> {
  const sessions: SseSession[] = [];
  const posts: SseStandIn['posts'] = [];
  const gets: SseStandIn['gets'] = [];

  function opened(stream: ServerResponse): void {
    const number = sessions.push(sessionOn(stream));
    const endpoint = (deps.endpoint ?? ((n) => `/message?session=${n}`))(number, origin);
    if (endpoint !== null) stream.write(`event: endpoint\r\ndata: ${endpoint}\r\n\r\n`);
  }

  async function posted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = await request.toArray();
    const message: RpcRequest = JSON.parse(Buffer.concat(chunks).toString());
    const { url: path = '', headers } = request;
    posts.push({ path, headers, message });
    const session = sessions[Number(new URL(path, origin).searchParams.get('session')) - 1];
    if (!session || session.stream.destroyed) {
      response.writeHead(404).end();
      return;
    }
    if (message.method === 'initialize') {
      const serverInfo = { name: 'stand-in', version: '1' };
      session.reply(message, {
        protocolVersion: '2024-11-05',
        capabilities: { tools: {} },
        serverInfo,
      });
    } else if (message.id !== undefined && message.method)
      deps.onCall?.(message, session, response);
    if (!response.headersSent) response.writeHead(202).end('Accepted');
  }

  const server = createServer((request, response) => {
    if (request.method === 'POST') void posted(request, response);
    else {
      gets.push({ path: request.url ?? '', headers: request.headers });
      if (!deps.onGet?.(response, request)) opened(response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/sse`,
    sessions,
    posts,
    gets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function sessionOn(stream: ServerResponse): SseSession {
  stream.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  const say = (message: unknown) =>
    void stream.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  return { stream, say, reply: ({ id }, result) => say({ jsonrpc: '2.0', id, result }) };
}
