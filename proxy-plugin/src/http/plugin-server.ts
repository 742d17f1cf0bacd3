/** The sidecar's HTTP side: requests from NGINX, each with a signed decision, handed to the MCP router. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { RequestVerifier } from '../enforcement/verify-request.ts';
import { handleDelete } from '../mcp/handle-delete.ts';
import { handleGet } from '../mcp/handle-get.ts';
import { handlePost } from '../mcp/handle-post.ts';
import type { DataPath } from '../mcp/turn.ts';
import { preflightHeaders } from './cors.ts';
import { createExchange, type Exchange, header, sendEmpty, sendRefusal } from './exchange.ts';

/** Longer than NGINX keeps its connections, so that it is never NGINX that meets a closed one. */
const KEEP_ALIVE_MS = 75_000;
/** Names may be long URIs, and headers of 32 kB pass NGINX. */
const MAX_HEADER_BYTES = 64 * 1024;

export interface PluginServerOptions {
  readonly path: DataPath;
  readonly verifier: RequestVerifier;
  /** An unexpected error while answering: the client gets a 500, the operator this. */
  readonly onError: (error: unknown) => void;
  readonly draining: () => boolean;
}

export function createPluginServer(options: PluginServerOptions): Server {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, maxHeaderSize: MAX_HEADER_BYTES },
    (request, response) => {
      if (options.draining()) response.setHeader('Connection', 'close');
      answer(options, request, response).catch((error: unknown) => {
        // A client that left before its body was complete is no error of ours.
        if (request.destroyed && !request.complete) return;
        options.onError(error);
        if (!response.headersSent) {
          sendRefusal(
            { request, response },
            'unavailable',
            'Something went wrong in the gateway.',
            { status: 500 },
          );
        } else response.destroy();
      });
    },
  );
  return server;
}

async function answer(
  { path, verifier }: PluginServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const now = path.now();
  const verified = verifier.verify(request, now);
  if (!verified.ok) {
    sendRefusal({ request, response }, verified.reason, verified.message);
    return;
  }
  const exchange = createExchange(request, response, verified.claims, verified.endpoint, now);
  if (verified.claims.preflight) {
    sendEmpty(exchange, 204, preflightHeaders(header(request, 'origin')));
    return;
  }
  if (
    path.snapshot.value.version < verified.claims.version &&
    !(await path.snapshot.waitFor(verified.claims.version))
  ) {
    sendRefusal(
      exchange,
      'unavailable',
      'The gateway is catching up with its configuration. Try again.',
      {
        headers: { 'Retry-After': '1' },
      },
    );
    return;
  }
  await dispatch(path, exchange);
}

async function dispatch(path: DataPath, exchange: Exchange): Promise<void> {
  const endpoint = path.snapshot.value.endpoints[exchange.endpoint];
  if (!endpoint?.enabled) {
    sendRefusal(exchange, 'endpoint_not_found', `There is no endpoint "${exchange.endpoint}".`);
    return;
  }
  switch (exchange.request.method) {
    case 'POST':
      await handlePost(path, exchange, endpoint);
      return;
    case 'GET':
      handleGet(path, exchange);
      return;
    case 'DELETE':
      handleDelete(path, exchange);
      return;
    default:
      sendRefusal(exchange, 'method_not_allowed', 'MCP uses POST, GET and DELETE here.', {
        headers: { Allow: 'POST, GET, DELETE' },
      });
  }
}
