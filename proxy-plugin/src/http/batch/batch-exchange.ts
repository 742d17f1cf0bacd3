/** One message of a batch: answered on the event stream that it shares with the others. */
import type { Exchange } from '../../mcp/exchange.ts';
import { refusalResponse } from '../../mcp/refusal-response.ts';
import { rejectBy } from '../../mcp/reject-by.ts';
import { SseReply } from '../sse/sse-reply.ts';
import type { SseStream } from '../sse/sse-stream.ts';

/** `id`: JSON of the message's id; a message without one is never answered. `done` is told of its end, once. */
export function createBatchExchange(
  { claims, endpoint, requestId, clientIp, arrivedAt, header }: Exchange,
  stream: SseStream,
  id: Buffer | undefined,
  done: () => void,
): Exchange {
  return {
    claims,
    endpoint,
    requestId,
    clientIp,
    arrivedAt,
    header,
    respond(response) {
      stream.send('message', Buffer.isBuffer(response) ? response : Buffer.concat(response));
      done();
    },
    reject: rejectBy((response) => {
      stream.send('message', response);
      done();
    }),
    accept: done,
    refuse(refusal) {
      if (id) stream.send('message', refusalResponse(id, requestId, refusal));
      done();
    },
    openReply: (options) => new SseReply(stream, options, done),
  };
}
