/** GET: the stream of a legacy session. */
import { SESSION_HEADER } from '@sluice/contract/headers';
import { deny } from '../mcp/deny.ts';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { commonHeaders, sendRefusal } from './send.ts';

const MAX_STREAMS_PER_PRINCIPAL = 100;
const COMMENT = ':\n\n';

/** Opens the session's stream; a newer one takes the place of an older. */
export function handleGet(path: DataPath, exchange: HttpExchange, place: Place): void {
  const { claims, response } = exchange;
  // Its client left while the configuration caught up: no `close` will come to forget the stream.
  if (response.destroyed) return;
  if (exchange.header(SESSION_HEADER) === undefined) {
    refuseBareGet(exchange);
    return;
  }
  const session = findSession(path, exchange, place);
  if (!session) return;
  const { streams } = path;
  streams.closeWhere(({ kind, session: id }) => kind === 'session' && id === session.id);
  if (streams.countOf(claims.principal) >= MAX_STREAMS_PER_PRINCIPAL) {
    const message = `You have ${MAX_STREAMS_PER_PRINCIPAL} open streams. Close some.`;
    const refusal = { reason: 'limit_exceeded', message, retryAfterSeconds: 10 } as const;
    deny(path, exchange, place.endpoint.name, refusal);
    return;
  }
  response.writeHead(200, {
    ...commonHeaders(exchange.request),
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.write(COMMENT);
  const forget = streams.add({
    claims,
    endpoint: exchange.endpoint,
    session: session.id,
    kind: 'session',
    close: () => void response.end(),
    keepAlive: () => void response.write(COMMENT),
  });
  response.on('close', forget);
}

/** People try the URL in a browser or with curl: tell them how far they have come. */
function refuseBareGet(exchange: HttpExchange): void {
  const who = exchange.claims.key === undefined ? 'This endpoint is open.' : 'Your key is valid.';
  const message = `${who} This URL speaks MCP: POST an initialize message to it.`;
  sendRefusal(exchange, { reason: 'method_not_allowed', message }, { Allow: 'POST, GET, DELETE' });
}
