/** GET with the `Last-Event-ID` of a reply's stream: what the client missed, and what is still to come. */
import type { DataPath } from '../mcp/turn.ts';
import type { Session } from '../session/session-seal.ts';
import type { EventId } from '../streams/event-id.ts';
import { lostReply } from '../streams/lost-reply.ts';
import type { HttpExchange } from './http-exchange.ts';
import { startStream } from './session-stream.ts';

/**
 * A stream that nobody knows any more, for instance after a restart, answers the request with an error:
 * its client would wait in vain, and come back again and again.
 */
export function resumeReply(
  { resumable, streams }: Pick<DataPath, 'resumable' | 'streams'>,
  exchange: HttpExchange,
  session: Session,
  missed: EventId,
): void {
  const { claims, endpoint, response } = exchange;
  const stream = resumable.find(session.id, missed);
  if (!stream && !missed.requestId) {
    const message = 'This is no event id of the gateway. Send GET without Last-Event-ID.';
    exchange.refuse({ reason: 'bad_request', message });
    return;
  }
  startStream(exchange);
  if (stream) {
    const close = () => void response.end();
    const where = { claims, endpoint, session: session.id, kind: 'reply' } as const;
    response.on('close', streams.add({ ...where, close, keepAlive() {} }));
    stream.connect(response, missed.event);
  } else if (missed.requestId) {
    response.end(`event: message\ndata: ${lostReply(missed.requestId)}\n\n`);
  }
}
