/** The session that a request names, or the refusal that tells its client what to do. */
import { PROTOCOL_VERSION_HEADER, SESSION_HEADER } from '@sluice/contract/headers';
import { isLegacyRevision, legacyRevisions } from '../legacy-revisions.ts';
import { deny } from '../mcp/deny.ts';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import type { Session } from '../session/session-seal.ts';
import type { HttpExchange } from './http-exchange.ts';

/** Undefined when the client has been answered; else the exchange knows it from now on. */
export function findSession(
  path: DataPath,
  exchange: HttpExchange,
  { endpoint }: Place,
): Session | undefined {
  const revision = exchange.header(PROTOCOL_VERSION_HEADER);
  if (revision !== undefined && !isLegacyRevision(revision)) {
    const message = `Unsupported protocol version: ${revision}. Sessions speak ${legacyRevisions().join(', ')}.`;
    exchange.refuse({ reason: 'bad_request', message });
    return undefined;
  }
  const sealedId = exchange.header(SESSION_HEADER);
  if (sealedId === undefined) {
    const message = 'This needs a session: send initialize first, then its Mcp-Session-Id.';
    exchange.refuse({ reason: 'bad_request', message });
    return undefined;
  }
  const session = path.sessions.find(sealedId, exchange.claims, exchange.endpoint);
  if (!session) {
    const message = 'There is no such session, or none any more. Send initialize again.';
    deny(path, exchange, endpoint.name, { reason: 'session_not_found', message });
  }
  exchange.session = session;
  return session;
}
