/** GET: the stream of a legacy session. */
import { SESSION_HEADER } from '@sluice/contract/headers';
import { commonHeaders, type Exchange, header, sendRefusal } from '../http/exchange.ts';
import { findSession } from './handle-post.ts';
import type { DataPath } from './turn.ts';

const MAX_STREAMS_PER_PRINCIPAL = 100;
const COMMENT = ':\n\n';

/** Opens the session's stream; a newer one takes the place of an older. */
export function handleGet(path: DataPath, exchange: Exchange): void {
  if (!header(exchange.request, SESSION_HEADER)) {
    const message =
      exchange.claims.key === undefined
        ? 'This endpoint is open. It speaks MCP: POST an initialize message to it.'
        : 'Your key is valid. This endpoint speaks MCP: POST an initialize message to it.';
    sendRefusal(exchange, 'method_not_allowed', message, {
      headers: { Allow: 'POST, GET, DELETE' },
    });
    return;
  }
  const session = findSession(path, exchange);
  if (!session) return;
  path.streams.closeWhere(
    (stream) => stream.session === session.id && stream.keepAlive !== undefined,
  );
  if (path.streams.countOf(exchange.claims.principal) >= MAX_STREAMS_PER_PRINCIPAL) {
    sendRefusal(
      exchange,
      'limit_exceeded',
      `You have ${MAX_STREAMS_PER_PRINCIPAL} open streams. Close some.`,
      {
        headers: { 'Retry-After': '10' },
      },
    );
    return;
  }
  const { response } = exchange;
  response.writeHead(200, {
    ...commonHeaders(exchange.request),
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.write(COMMENT);
  const forget = path.streams.add({
    claims: exchange.claims,
    endpoint: exchange.endpoint,
    session: session.id,
    close: () => response.end(),
    keepAlive: () => void response.write(COMMENT),
  });
  response.on('close', forget);
}
