/** DELETE: the client ends its session. */
import { type Exchange, sendEmpty } from '../http/exchange.ts';
import { findSession } from './handle-post.ts';
import type { DataPath } from './turn.ts';

export function handleDelete(path: DataPath, exchange: Exchange): void {
  const session = findSession(path, exchange);
  if (!session) return;
  path.sessions.end(session);
  path.streams.closeWhere((stream) => stream.session === session.id);
  path.upstreams.endSession(session.id);
  sendEmpty(exchange, 204);
}
