/** GET: the stream of a legacy session. */
import { SESSION_HEADER } from '@sluice/contract/headers';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendRefusal } from './send.ts';
import { refusesStream, startStream } from './session-stream.ts';

const COMMENT = ':\n\n';

/** Opens the session's stream; a newer one takes the place of an older. */
export function handleGet(path: DataPath, exchange: HttpExchange, place: Place): void {
  const { claims, response } = exchange;
  if (exchange.header(SESSION_HEADER) === undefined) {
    refuseBareGet(exchange);
    return;
  }
  const session = findSession(path, exchange, place);
  if (!session) return;
  const { streams } = path;
  streams.closeWhere(({ kind, session: id }) => kind === 'session' && id === session.id);
  if (refusesStream(path, exchange, place)) return;
  startStream(exchange);
  response.write(COMMENT);
  const forget = streams.add({
    claims,
    endpoint: exchange.endpoint,
    session: session.id,
    kind: 'session',
    transport: 'streamable-http',
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
