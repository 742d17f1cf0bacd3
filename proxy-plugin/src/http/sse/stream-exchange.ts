/** One message that came by POST and is answered on an event stream, which it shares with others. */
import type { Exchange } from '../../mcp/exchange.ts';
import { refusalResponse } from '../../mcp/refusal-response.ts';
import { rejectBy } from '../../mcp/reject-by.ts';
import type { Session } from '../../session/session-seal.ts';
import { SseReply } from './sse-reply.ts';
import type { SseStream } from './sse-stream.ts';

export interface StreamExchangeOptions {
  readonly stream: SseStream;
  /** JSON of the message's id; a message without one is never answered. */
  readonly id: Buffer | undefined;
  /** Nothing more comes of it; told once. */
  readonly done?: () => void;
  /** It has opened this session; told before the answer leaves. */
  readonly opened?: (session: Session) => void;
}

/** `exchange` is the POST, which is answered by now or for all messages at once. */
export function streamExchange(
  exchange: Exchange,
  { stream, id, done = () => {}, opened }: StreamExchangeOptions,
): Exchange {
  const answer = (message: Buffer, eventId?: string) => {
    stream.send('message', message, eventId);
    done();
  };
  return {
    ...exchange,
    respond(response, session) {
      if (session) opened?.(session.session);
      answer(Buffer.isBuffer(response) ? response : Buffer.concat(response), session?.sealedId);
    },
    reject: rejectBy((response) => answer(response)),
    accept: done,
    refuse(refusal) {
      if (id) answer(refusalResponse(id, exchange.requestId, refusal));
    },
    openReply: (options) => new SseReply(stream, options, done),
  };
}
