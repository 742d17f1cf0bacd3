/** DELETE: the client ends its session. */
import { endSession } from '../mcp/end-session.ts';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { sendEmpty } from './send.ts';

export function handleDelete(path: DataPath, exchange: HttpExchange, place: Place): void {
  const session = findSession(path, exchange, place);
  if (!session) return;
  endSession(path, session);
  sendEmpty(exchange, 204);
}
