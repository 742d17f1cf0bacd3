/** POST: one JSON-RPC message of a legacy client. Every method and what becomes of it, on one screen. */
import { METHOD_HEADER, PROTOCOL_VERSION_HEADER, SESSION_HEADER } from '@sluice/contract/headers';
import type { EndpointRuntime } from '@sluice/contract/snapshot';
import { LIST_METHODS, type ListMethod } from '../catalog/visible-lists.ts';
import { type Exchange, header, sendEmpty, sendJson, sendRefusal } from '../http/exchange.ts';
import { readBody } from '../http/read-body.ts';
import {
  type ClientMessage,
  MessageError,
  parsedParams,
  readClientMessage,
} from '../message/client-message.ts';
import { errorResponse, resultResponse } from '../message/response-text.ts';
import type { Session } from '../session/session-seal.ts';
import { CALL_METHODS, type CallMethod } from './find-target.ts';
import { initialize } from './initialize.ts';
import { isLegacyRevision, legacyRevisions } from './legacy-revisions.ts';
import { listEntries } from './list-entries.ts';
import { runCall } from './run-call.ts';
import type { DataPath, Turn } from './turn.ts';

export async function handlePost(
  path: DataPath,
  exchange: Exchange,
  endpoint: EndpointRuntime,
): Promise<void> {
  if (!/^application\/json\b/i.test(header(exchange.request, 'content-type') ?? '')) {
    sendRefusal(
      exchange,
      'unsupported_media_type',
      'Send the message as Content-Type: application/json.',
    );
    return;
  }
  const body = await readBody(exchange.request);
  if (!body) {
    sendRefusal(exchange, 'body_too_large', 'The body is larger than 4 MB.', {
      headers: { Connection: 'close' },
    });
    return;
  }
  const message = parse(exchange, body);
  if (!message || isModern(exchange, message)) return;
  if (message.method === 'initialize') {
    initialize(path, exchange, message);
    return;
  }
  const session = findSession(path, exchange);
  const rules = path.snapshot.value.ruleSets[exchange.claims.ruleSet];
  if (!session) return;
  if (!rules)
    throw new Error(`unreachable: rule set ${exchange.claims.ruleSet} is not in the snapshot`);
  await act(path, { exchange, endpoint, rules, message, session });
}

function parse(exchange: Exchange, body: Buffer): ClientMessage | undefined {
  try {
    return readClientMessage(body);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    sendJson(
      exchange,
      400,
      errorResponse(undefined, error.code, error.message, { reason: 'bad_request' }),
    );
    return undefined;
  }
}

/** Clients of both eras take a 400 on their probe as "legacy" and go on with `initialize`. */
function isModern(exchange: Exchange, message: ClientMessage): boolean {
  const revision = header(exchange.request, PROTOCOL_VERSION_HEADER);
  const modern =
    message.method === 'server/discover' || (revision !== undefined && revision > '2026');
  if (!modern && (revision === undefined || isLegacyRevision(revision))) return false;
  const asked = modern
    ? (revision ?? header(exchange.request, METHOD_HEADER) ?? message.method)
    : revision;
  const text = `Unsupported protocol version (${asked}): this endpoint speaks ${legacyRevisions().join(', ')}. Start with initialize.`;
  const data = { reason: 'bad_request', supported: legacyRevisions() };
  sendJson(exchange, 400, errorResponse(message.id, -32600, text, data));
  return true;
}

/** The session that the request names; otherwise the client has been answered. */
export function findSession(path: DataPath, exchange: Exchange): Session | undefined {
  const sealed = header(exchange.request, SESSION_HEADER);
  if (!sealed) {
    sendRefusal(
      exchange,
      'bad_request',
      'This needs a session: send initialize first, then its Mcp-Session-Id.',
    );
    return undefined;
  }
  const session = path.sessions.find(sealed, exchange.claims, exchange.endpoint);
  if (!session) {
    sendRefusal(
      exchange,
      'session_not_found',
      'There is no such session (any more). Send initialize again.',
    );
  }
  return session;
}

async function act(path: DataPath, turn: Turn): Promise<void> {
  const { exchange, message } = turn;
  const { method, id } = message;
  if (method === undefined || !id) {
    if (method === 'notifications/cancelled') cancel(path, turn);
    sendEmpty(exchange, 202);
  } else if (isListMethod(method)) await listEntries(path, turn, id, method);
  else if (isCallMethod(method)) await runCall(path, turn, id, method);
  else if (method === 'ping') sendJson(exchange, 200, resultResponse(id, '{}'));
  else sendJson(exchange, 200, errorResponse(id, -32601, `Method not found: ${method}`));
}

function cancel(path: DataPath, { message, session }: Turn): void {
  const { requestId, reason } = parsedParams(message);
  if (requestId === undefined) return;
  path.inFlight.cancel(
    session.id,
    JSON.stringify(requestId),
    typeof reason === 'string' ? reason : 'cancelled',
  );
}

function isListMethod(method: string): method is ListMethod {
  return Object.hasOwn(LIST_METHODS, method);
}

function isCallMethod(method: string): method is CallMethod {
  return Object.hasOwn(CALL_METHODS, method);
}
