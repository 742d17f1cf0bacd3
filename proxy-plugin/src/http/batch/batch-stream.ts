/** The event stream that answers a batch: open until the last of its requests is answered. */
import type { DataPath } from '../../mcp/turn.ts';
import type { ClientMessage } from '../../message/client-message.ts';
import type { Session } from '../../session/session-seal.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { startStream } from '../session-stream.ts';
import { createSseStream, type SseStream } from '../sse/sse-stream.ts';

export type ClientRequest = ClientMessage & { readonly id: Buffer };

export interface BatchStream {
  readonly stream: SseStream;
  /** The request has its answer, or will never have one. */
  answered(request: ClientRequest): void;
}

/** Nobody can come back to it: when its client leaves, the calls that are left are cancelled. */
export function openBatchStream(
  { streams, inFlight }: Pick<DataPath, 'streams' | 'inFlight'>,
  exchange: HttpExchange,
  session: Session,
  requests: readonly ClientRequest[],
): BatchStream {
  startStream(exchange);
  const { claims, endpoint, response } = exchange;
  response.flushHeaders();
  const stream = createSseStream(response);
  const { close, keepAlive } = stream;
  const where = { claims, endpoint, session: session.id, kind: 'reply' } as const;
  const forget = streams.add({ ...where, close, keepAlive });
  const open = new Set(requests);
  response.on('close', () => {
    forget();
    for (const { id } of open) inFlight.cancel(session.id, canonical(id), 'the client has gone');
  });
  return {
    stream,
    answered(request) {
      open.delete(request);
      if (open.size === 0) close();
    },
  };
}

/** `1.0` and `1` are one id to a client that parses them. */
export function canonical(id: Buffer): string {
  return JSON.stringify(JSON.parse(id.toString()));
}
