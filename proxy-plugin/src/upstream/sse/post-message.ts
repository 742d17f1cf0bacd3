/** One message to an HTTP+SSE server: a POST that it accepts or refuses; the reply comes on the stream. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent } from 'undici';
import { type Exchange, type ExchangeRequest, startExchange } from '../http/exchange.ts';
import { RefusalBody } from '../http/refusal-body.ts';

export interface PostedRefusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly error: Record<string, unknown> | undefined;
}

export interface PostMessageEvents {
  /** The exchange is over; comes once, unless it is aborted, before the other two. */
  over(): void;
  refused(refusal: PostedRefusal): void;
  /** `sent` is true once the message may have reached the server. */
  failed(error: unknown, sent: boolean): void;
}

export function postMessage(
  agent: Agent,
  request: ExchangeRequest,
  events: PostMessageEvents,
): Exchange {
  let refused: Omit<PostedRefusal, 'error'> | undefined;
  const body = new RefusalBody();
  const ended = () => {
    events.over();
    if (refused) events.refused({ ...refused, error: body.error });
  };
  const exchange = startExchange(agent, request, {
    start(status, headers) {
      if (status >= 300) refused = { status, headers };
    },
    data(chunk) {
      if (!refused || body.push(chunk)) return true;
      exchange.abort();
      ended();
      return true;
    },
    end: ended,
    error(error, sent) {
      events.over();
      events.failed(error, sent);
    },
  });
  return exchange;
}
