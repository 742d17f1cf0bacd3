/** The stream that a client keeps open for a session, on whichever transport: its head, and how many there may be. */
import { deny } from '../mcp/deny.ts';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import type { Session } from '../session/session-seal.ts';
import type { HttpExchange } from './http-exchange.ts';
import { startFlow } from './send.ts';

const MAX_STREAMS_PER_PRINCIPAL = 100;

/** True when the principal has too many streams open to have one more, and has been told. */
export function refusesStream(
  path: DataPath,
  exchange: HttpExchange,
  { endpoint }: Place,
  { id }: Session,
): boolean {
  const { streams } = path;
  // A newer one takes the place of an older.
  if (streams.ofSession(id)) return false;
  if (streams.countOf(exchange.claims.principal) < MAX_STREAMS_PER_PRINCIPAL) return false;
  const message = `You have ${MAX_STREAMS_PER_PRINCIPAL} open streams. Close some.`;
  const refusal = { reason: 'limit_exceeded', message, retryAfterSeconds: 10 } as const;
  deny(path, exchange, endpoint.name, refusal);
  return true;
}

export function startStream(exchange: HttpExchange): void {
  startFlow(exchange, 'text/event-stream');
}
