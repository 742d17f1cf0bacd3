/** GET /metamcp/<endpoint>/sse: the stream of an HTTP+SSE client (MCP 2024-11-05, "HTTP with SSE"). */
import { PROTOCOL_VERSION_HEADER } from '@sluice/contract/headers';
import { EMPTY_PROFILE } from '@sluice/contract/lists';
import { FIRST_LEGACY_REVISION, isLegacyRevision } from '../../legacy-revisions.ts';
import type { Place } from '../../mcp/place-of.ts';
import type { DataPath } from '../../mcp/turn.ts';
import type { Session } from '../../session/session-seal.ts';
import type { OpenedSession } from '../../session/sessions.ts';
import type { OpenStream } from '../../streams/open-streams.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { sendRefusal } from '../send.ts';
import { refusesStream, startStream } from '../session-stream.ts';
import type { SseClient, SseClients } from './sse-client.ts';
import { createSseStream } from './sse-stream.ts';

/** Clients that notice the end of a stream come back after this, when a restart is over. */
const RETRY = 'retry: 5000\n';

/** Opens the stream and tells its client where to send messages; a newer one takes the place of an older. */
export function handleSse(
  path: DataPath,
  clients: SseClients,
  exchange: HttpExchange,
  place: Place,
): void {
  if (exchange.request.method !== 'GET') {
    const message = 'Open the stream with GET. Clients of Streamable HTTP use …/mcp instead.';
    sendRefusal(exchange, { reason: 'method_not_allowed', message }, { Allow: 'GET' });
    return;
  }
  const { session, sealedId } = sessionOf(path, exchange);
  if (refusesStream(path, exchange, place, session)) return;
  startStream(exchange);
  exchange.response.write(RETRY);
  const client = openClient(path, exchange, session);
  clients.set(sealedId, client);
  exchange.response.on('close', () => {
    client.forget();
    if (clients.get(sealedId) !== client) return;
    clients.delete(sealedId);
    // Nobody can read the replies that are still to come.
    const { id } = client.session;
    path.streams.closeWhere((stream) => stream.kind === 'reply' && stream.session === id);
  });
  const url = `/metamcp/${exchange.endpoint}/message?sessionId=${sealedId}`;
  client.stream.send('endpoint', Buffer.from(url), sealedId);
  if (sealedId === exchange.header('last-event-id')) client.catchUp();
}

/** A client that names its last event goes on with the session it had; others get a new one. */
function sessionOf(path: DataPath, exchange: HttpExchange): OpenedSession {
  const { claims, endpoint } = exchange;
  const sealedId = exchange.header('last-event-id');
  const session = sealedId && path.sessions.find(sealedId, claims, endpoint);
  if (session) return { session, sealedId };
  const spoken = exchange.header(PROTOCOL_VERSION_HEADER) ?? '';
  const revision = isLegacyRevision(spoken) ? spoken : FIRST_LEGACY_REVISION;
  // Before `initialize` nobody knows what the client can do.
  return path.sessions.open(claims, endpoint, revision, EMPTY_PROFILE);
}

function openClient(path: DataPath, exchange: HttpExchange, first: Session): OpenSseClient {
  const { claims, endpoint, response } = exchange;
  const stream = createSseStream(response);
  const { close, keepAlive } = stream;
  const notify = (message: Buffer) => stream.send('message', message);
  const streamOf = ({ id, profile, expiresAt }: Session): OpenStream => {
    const where = { claims, endpoint, session: id, kind: 'session', transport: 'sse' } as const;
    return { ...where, profile, expiresAt, notify, close, keepAlive };
  };
  let session = first;
  let own = streamOf(first);
  let forget = path.streams.add(own);
  return {
    stream,
    get session() {
      return session;
    },
    adopt(opened) {
      // It has left meanwhile: no `close` will come to forget the stream.
      if (!stream.open) return;
      session = opened;
      own = streamOf(opened);
      forget();
      forget = path.streams.add(own);
    },
    forget: () => forget(),
    catchUp() {
      path.listChanges.joined(own);
      path.subscriptions.joined(own);
    },
  };
}

interface OpenSseClient extends SseClient {
  /** Its stream is closed. */
  forget(): void;
  /** Tells it what its session, which is not new, has missed. */
  catchUp(): void;
}
