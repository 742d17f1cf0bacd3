/** DELETE: the client ends its session. */
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendEmpty } from './send.ts';

export function handleDelete(path: DataPath, exchange: HttpExchange, place: Place): void {
  const session = findSession(path, exchange, place);
  if (!session) return;
  path.sessions.end(session);
  path.sessionSettings.end(session.id);
  path.subscriptions.end(session.id);
  path.streams.closeWhere((stream) => stream.session === session.id);
  path.resumable.endSession(session.id);
  path.upstreams.endSession(session.id);
  sendEmpty(exchange, 204);
}
