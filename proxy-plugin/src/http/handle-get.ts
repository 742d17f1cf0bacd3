/** GET: the stream of a legacy session. */
import type { ServerResponse } from 'node:http';
import { SESSION_HEADER } from '@sluice/contract/headers';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendRefusal } from './send.ts';
import { refusesStream, startStream } from './session-stream.ts';

const COMMENT = ':\n\n';
const EVENT_START = Buffer.from('event: message\ndata: ');
const EVENT_END = Buffer.from('\n\n');
/** 1 MiB of notifications that a client does not read are enough. */
const MOST_UNREAD_BYTES = 1024 * 1024;

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
  if (refusesStream(path, exchange, place)) return;
  startStream(exchange);
  response.write(COMMENT);
  const stream: OpenStream = {
    claims,
    endpoint: exchange.endpoint,
    session: session.id,
    kind: 'session',
    transport: 'streamable-http',
    profile: session.profile,
    notify: (message) => notify(response, message),
    close: () => void response.end(),
    keepAlive: () => void response.write(COMMENT),
  };
  const forget = streams.add(stream);
  response.on('close', forget);
  path.listChanges.joined(stream);
}

/** Nobody waits for it, so a client that does not read misses it. */
function notify(response: ServerResponse, message: Buffer): void {
  if (response.writableLength > MOST_UNREAD_BYTES) return;
  response.write(Buffer.concat([EVENT_START, message, EVENT_END]));
}

/** People try the URL in a browser or with curl: tell them how far they have come. */
function refuseBareGet(exchange: HttpExchange): void {
  const who = exchange.claims.key === undefined ? 'This endpoint is open.' : 'Your key is valid.';
  const message = `${who} This URL speaks MCP: POST an initialize message to it.`;
  sendRefusal(exchange, { reason: 'method_not_allowed', message }, { Allow: 'POST, GET, DELETE' });
}
