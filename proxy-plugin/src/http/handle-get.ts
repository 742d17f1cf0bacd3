/** GET: the stream of a legacy session, new or again. */
import { SESSION_HEADER } from '@sluice/contract/headers';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import type { Session } from '../session/session-seal.ts';
import { type EventId, parseEventId } from '../streams/event-id.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { resumeReply } from './resume-reply.ts';
import { sendRefusal } from './send.ts';
import { refusesStream, startStream } from './session-stream.ts';

/** Opens the session's stream, where a newer one takes the place of an older, or resumes a stream that broke. */
export function handleGet(path: DataPath, exchange: HttpExchange, place: Place): void {
  if (exchange.header(SESSION_HEADER) === undefined) {
    refuseBareGet(exchange);
    return;
  }
  const session = findSession(path, exchange, place);
  if (!session) return;
  const missed = parseEventId(exchange.header('last-event-id') ?? '');
  if (missed?.kind === 'reply') resumeReply(path, exchange, session, missed);
  else openSessionStream(path, exchange, place, session, missed);
}

/** `missed`: the last event that the client got of an earlier one. */
function openSessionStream(
  path: DataPath,
  exchange: HttpExchange,
  place: Place,
  session: Session,
  missed: EventId | undefined,
): void {
  const { claims, response } = exchange;
  const { streams, resumable } = path;
  if (refusesStream(path, exchange, place, session)) return;
  startStream(exchange);
  const { id, revision, profile, expiresAt } = session;
  const resumed = missed && resumable.find(id, missed);
  const events = resumed ?? resumable.open({ kind: 'session', session: id, revision });
  const stream: OpenStream = {
    claims,
    endpoint: exchange.endpoint,
    session: id,
    kind: 'session',
    transport: 'streamable-http',
    profile,
    expiresAt,
    notify: (message) => void events.tell(message),
    close: () => void response.end(),
    keepAlive: () => events.comment(),
  };
  const forget = streams.add(stream);
  response.on('close', forget);
  events.connect(response, resumed && missed?.event);
  events.comment();
  path.listChanges.joined(stream);
  path.subscriptions.joined(stream);
}

/** People try the URL in a browser or with curl: tell them how far they have come. */
function refuseBareGet(exchange: HttpExchange): void {
  const who = exchange.claims.key === undefined ? 'This endpoint is open.' : 'Your key is valid.';
  const message = `${who} This URL speaks MCP: POST an initialize message to it.`;
  sendRefusal(exchange, { reason: 'method_not_allowed', message }, { Allow: 'POST, GET, DELETE' });
}
