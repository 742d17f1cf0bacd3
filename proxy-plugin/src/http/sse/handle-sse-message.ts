/** POST /metamcp/<endpoint>/message: one message of an HTTP+SSE client, accepted here, answered on its stream. */
import { SESSION_HEADER } from '@sluice/contract/headers';
import { deny } from '../../mcp/deny.ts';
import type { Exchange } from '../../mcp/exchange.ts';
import { handleMessage } from '../../mcp/handle-message.ts';
import { initialize } from '../../mcp/initialize.ts';
import type { Place } from '../../mcp/place-of.ts';
import type { DataPath } from '../../mcp/turn.ts';
import type { ClientMessage } from '../../message/client-message.ts';
import { callerOf } from '../../session/caller-of.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { readMessage } from '../read-message.ts';
import { sendEmpty, sendRefusal } from '../send.ts';
import { tellFault } from '../tell-fault.ts';
import type { SseClient, SseClients } from './sse-client.ts';
import { streamExchange } from './stream-exchange.ts';

/** Rejects when the client goes away before its body is complete, and on faults of ours. */
export async function handleSseMessage(
  path: DataPath,
  clients: SseClients,
  http: HttpExchange,
  place: Place,
): Promise<void> {
  if (http.request.method !== 'POST') {
    const message = 'POST messages to this URL; the replies come on the stream of …/sse.';
    sendRefusal(http, { reason: 'method_not_allowed', message }, { Allow: 'POST' });
    return;
  }
  const client = findClient(path, clients, http);
  if (!client) {
    const message = 'The stream of this session is not open here. GET …/sse to open one.';
    deny(path, http, place.endpoint.name, { reason: 'session_not_found', message });
    return;
  }
  const message = await readMessage(http);
  if (!message) return;
  sendEmpty(http, 202);
  const { stream, adopt: opened } = client;
  const exchange = streamExchange(http, { stream, id: message.id, opened });
  const { refused } = http.claims;
  // The decision loop has recorded it.
  if (refused) exchange.refuse(refused);
  else await tellFault(exchange, () => act(path, exchange, place, client, message));
}

function findClient(
  { sessions }: DataPath,
  clients: SseClients,
  { claims, endpoint, header }: HttpExchange,
): SseClient | undefined {
  const sealedId = header(SESSION_HEADER);
  if (sealedId === undefined || !sessions.find(sealedId, claims, endpoint)) return undefined;
  return clients.get(sealedId);
}

async function act(
  path: DataPath,
  exchange: Exchange,
  place: Place,
  { session }: SseClient,
  message: ClientMessage,
): Promise<void> {
  const turn = { exchange, ...place, message };
  if (message.method === 'initialize' && message.id) await initialize(path, turn, message.id);
  else await handleMessage(path, { ...turn, caller: callerOf(session, exchange.claims) });
}
