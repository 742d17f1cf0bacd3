/** Who acts on a request whose decision is genuine: by route, then by HTTP method. */
import { ROUTE_HEADER } from '@sluice/contract/headers';
import { type Place, placeOf } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import { handleDelete } from './handle-delete.ts';
import { handleGet } from './handle-get.ts';
import { handlePost } from './handle-post.ts';
import type { HttpExchange } from './http-exchange.ts';
import { handleRest } from './rest/handle-rest.ts';
import { sendRefusal } from './send.ts';
import { handleSse } from './sse/handle-sse.ts';
import { handleSseMessage } from './sse/handle-sse-message.ts';
import type { SseClients } from './sse/sse-client.ts';

export async function dispatch(
  path: DataPath,
  sseClients: SseClients,
  exchange: HttpExchange,
): Promise<void> {
  // Its client left while the configuration caught up: no `close` will come to forget what is opened for it.
  if (exchange.response.destroyed) return;
  const place = placeOf(path.snapshot.value, exchange);
  if (!place) {
    const message = `The configuration of "${exchange.endpoint}" has just changed. Try again.`;
    exchange.refuse({ reason: 'unavailable', message, retryAfterSeconds: 1 });
    return;
  }
  switch (exchange.header(ROUTE_HEADER)) {
    case 'sse':
      handleSse(path, sseClients, exchange, place);
      return;
    case 'message':
      await handleSseMessage(path, sseClients, exchange, place);
      return;
    case 'api':
      await handleRest(path, exchange, place);
      return;
    default:
      await dispatchMcp(path, exchange, place);
  }
}

async function dispatchMcp(path: DataPath, exchange: HttpExchange, place: Place): Promise<void> {
  switch (exchange.request.method) {
    case 'POST':
      await handlePost(path, exchange, place);
      return;
    case 'GET':
      handleGet(path, exchange, place);
      return;
    case 'DELETE':
      handleDelete(path, exchange, place);
      return;
    default: {
      const message = 'MCP uses POST, GET and DELETE here.';
      const refusal = { reason: 'method_not_allowed', message } as const;
      sendRefusal(exchange, refusal, { Allow: 'POST, GET, DELETE' });
    }
  }
}
