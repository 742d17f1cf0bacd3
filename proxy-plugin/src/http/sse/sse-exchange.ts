/** One message of a client of HTTP+SSE: accepted over HTTP, answered on its stream. */
import type { Exchange } from '../../mcp/exchange.ts';
import { refusalResponse } from '../../mcp/refusal-response.ts';
import { rejectBy } from '../../mcp/reject-by.ts';
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
    respond(message, opened) {
      if (opened) client.adopt(opened.session);
      const whole = Buffer.isBuffer(message) ? message : Buffer.concat(message);
      stream.send('message', whole, opened?.sealedId);
    },
    reject: rejectBy((response) => stream.send('message', response)),
    accept() {},
    refuse(refusal) {
      if (id) stream.send('message', refusalResponse(id, requestId, refusal));
    },
    openReply: (options) => new SseReply(stream, options),
  };
}
