/** One message of a client of HTTP+SSE: accepted over HTTP, answered on its stream. */
import { REASONS } from '@sluice/contract/reasons';
import type { Exchange } from '../../mcp/exchange.ts';
import { errorResponse } from '../../message/response-text.ts';
import type { SseClient } from './sse-client.ts';
import { SseReply } from './sse-reply.ts';

/** `id`: JSON of the message's id; a message without one is never answered. */
export function createSseExchange(
  exchange: Exchange,
  client: SseClient,
  id: Buffer | undefined,
): Exchange {
  const { claims, endpoint, requestId, clientIp, arrivedAt, header } = exchange;
  const { stream } = client;
  return {
    claims,
    endpoint,
    requestId,
    clientIp,
    arrivedAt,
    header,
    respond(message, session) {
      if (session !== undefined) client.adopt(session);
      const whole = Buffer.isBuffer(message) ? message : Buffer.concat(message);
      stream.send('message', whole, session);
    },
    accept() {},
    refuse({ reason, message, status = REASONS[reason], retryAfterSeconds }) {
      if (!id) return;
      const data = {
        reason,
        requestId,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
      stream.send('message', errorResponse(id, status, message, data));
    },
    openReply: (options) => new SseReply(stream, options),
  };
}
