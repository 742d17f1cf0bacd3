/** POST: one JSON-RPC message of a legacy client, or a batch of them. */
import { PROTOCOL_VERSION_HEADER } from '@sluice/contract/headers';
import { isLegacyRevision, legacyRevisions } from '../legacy-revisions.ts';
import { handleMessage } from '../mcp/handle-message.ts';
import { initialize } from '../mcp/initialize.ts';
import type { Place } from '../mcp/place-of.ts';
import type { DataPath } from '../mcp/turn.ts';
import type { ClientMessage } from '../message/client-message.ts';
import { errorResponse } from '../message/response-text.ts';
import { callerOf } from '../session/caller-of.ts';
import { isArray } from '../upstream/json/split-array.ts';
import { handleBatch } from './batch/handle-batch.ts';
import { findSession } from './find-session.ts';
import type { HttpExchange } from './http-exchange.ts';
import { readJsonBody } from './read-json-body.ts';
import { messageIn } from './read-message.ts';
import { header, sendJson } from './send.ts';

/** Rejects when the client goes away before its body is complete. */
export async function handlePost(
  path: DataPath,
  exchange: HttpExchange,
  place: Place,
): Promise<void> {
  const body = await readJsonBody(exchange, { holds: 'the message' });
  if (!body) return;
  if (isArray(body)) await handleBatch(path, exchange, place, body);
  else await handleSingle(path, exchange, place, body);
}

async function handleSingle(
  path: DataPath,
  exchange: HttpExchange,
  place: Place,
  body: Buffer,
): Promise<void> {
  const message = messageIn(exchange, body);
  if (!message || refusesRevision(exchange, message)) return;
  const turn = { exchange, ...place, message };
  if (message.method === 'initialize' && message.id) {
    await initialize(path, turn, message.id);
    return;
  }
  const session = findSession(path, exchange, place);
  if (!session) return;
  await handleMessage(path, { ...turn, caller: callerOf(session, exchange.claims) });
}

/** Clients of both eras take a 400 on their probe as "legacy" and go on with `initialize`. */
function refusesRevision(exchange: HttpExchange, message: ClientMessage): boolean {
  const revision = header(exchange.request, PROTOCOL_VERSION_HEADER);
  const isLegacy = revision === undefined || isLegacyRevision(revision);
  if (isLegacy && message.method !== 'server/discover') return false;
  const problem = isLegacy
    ? 'server/discover belongs to a later protocol version.'
    : `Unsupported protocol version: ${revision}.`;
  const supported = legacyRevisions();
  const text = `${problem} This endpoint speaks ${supported.join(', ')}: start with initialize.`;
  const data = { reason: 'bad_request', supported };
  sendJson(exchange, 400, errorResponse(message.id, -32600, text, data));
  return true;
}
