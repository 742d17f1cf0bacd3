/** A message on which no decision was to be had: its stream is closed, so that its client notices. */
import type { IncomingMessage } from 'node:http';
import { DECISION_HEADER, ROUTE_HEADER, SESSION_HEADER } from '@sluice/contract/headers';
import { type HttpClient, header, sendRefusal } from '../send.ts';
import type { SseClients } from './sse-client.ts';

/** NGINX passes such a message on without body, credentials or decision. */
export function isUndecidedMessage(request: IncomingMessage): boolean {
  const isMessage = header(request, ROUTE_HEADER) === 'message';
  return isMessage && header(request, DECISION_HEADER) === undefined;
}

/** By then the control plane is back, as a rule: clients that meet a 503 on coming back never come again. */
const RETRY_MS = 10_000;

/** Classic clients take no further note of a POST that failed, and would wait for its reply for ever. */
export function closeUndecided(clients: SseClients, client: HttpClient): void {
  clients.get(header(client.request, SESSION_HEADER) ?? '')?.stream.closeFor(RETRY_MS);
  const message = 'The gateway cannot decide at this moment. Open the stream again in a second.';
  sendRefusal(client, { reason: 'unavailable', message, retryAfterSeconds: 1 });
}
