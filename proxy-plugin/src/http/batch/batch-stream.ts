/** The event stream that answers a batch: open until the last of its requests is answered. */
import type { DataPath } from '../../mcp/turn.ts';
import type { Session } from '../../session/session-seal.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { startStream } from '../session-stream.ts';
import { createSseStream, type SseStream } from '../sse/sse-stream.ts';

export interface BatchStream {
  readonly stream: SseStream;
  /** One of the requests has its answer, or will never have one. */
  answered(): void;
}

/** `requests` is how many there are. */
export function openBatchStream(
  { streams }: Pick<DataPath, 'streams'>,
  exchange: HttpExchange,
  session: Session,
  requests: number,
): BatchStream {
  startStream(exchange);
  exchange.response.flushHeaders();
  const stream = createSseStream(exchange.response);
  const { claims, endpoint } = exchange;
  const { close, keepAlive } = stream;
  const forget = streams.add({
    claims,
    endpoint,
    session: session.id,
    kind: 'reply',
    close,
    keepAlive,
  });
  let left = requests;
  return {
    stream,
    answered() {
      left -= 1;
      if (left > 0) return;
      forget();
      stream.close();
    },
  };
}
