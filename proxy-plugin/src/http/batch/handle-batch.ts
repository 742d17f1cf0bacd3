/** A POST of several JSON-RPC messages in one array, as MCP 2025-03-26 has it and no other revision. */

import { once } from 'node:events';
import { BATCH_REVISION } from '../../legacy-revisions.ts';
import type { Exchange } from '../../mcp/exchange.ts';
import { handleMessage } from '../../mcp/handle-message.ts';
import type { Place } from '../../mcp/place-of.ts';
import type { DataPath } from '../../mcp/turn.ts';
import { readClientBatch } from '../../message/client-batch.ts';
import { type ClientMessage, MessageError } from '../../message/client-message.ts';
import { errorResponse } from '../../message/response-text.ts';
import { callerOf } from '../../session/caller-of.ts';
import type { Session } from '../../session/session-seal.ts';
import { findSession } from '../find-session.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { readOrRefuse } from '../read-message.ts';
import { takesEvents } from '../send.ts';
import { streamExchange } from '../sse/stream-exchange.ts';
import { tellFault } from '../tell-fault.ts';
import { type ClientRequest, canonical, openBatchStream } from './batch-stream.ts';

/**
 * Every message goes the way of a single one: own access check, limits, record and refusal. The replies
 * come on one event stream, each as soon as it is there, so what servers say and ask meanwhile has its
 * place too (MCP 2025-03-26, "Sending Messages to the Server").
 */
export async function handleBatch(
  path: DataPath,
  exchange: HttpExchange,
  place: Place,
  body: Buffer,
): Promise<void> {
  const session = findSession(path, exchange, place);
  const messages = session && readOrRefuse(exchange, () => readBatch(session, body));
  if (!session || !messages) return;
  const caller = callerOf(session, exchange.claims);
  const act = (own: Exchange, message: ClientMessage) =>
    handleMessage(path, { ...place, exchange: own, message, caller });
  const requests = messages.filter(isRequest);
  if (requests.length === 0) {
    exchange.accept();
    for (const message of messages) await act(unanswered(exchange), message);
    return;
  }
  if (!takesEvents(exchange.request)) {
    const message = 'A batch is answered on an event stream: send Accept: text/event-stream too.';
    exchange.refuse({ reason: 'not_acceptable', message });
    return;
  }
  const { stream, answered } = openBatchStream(path, exchange, session, requests);
  const seen = new Set<string>();
  const acting = messages.map((message) => {
    if (!isRequest(message))
      return act(streamExchange(exchange, { stream, id: undefined }), message);
    const { id } = message;
    const own = streamExchange(exchange, { stream, id, done: () => answered(message) });
    const problem = problemOf(message, seen);
    if (problem === undefined) return tellFault(own, () => act(own, message));
    own.respond(errorResponse(id, -32600, problem));
    return undefined;
  });
  await allActed(exchange, acting);
}

/** Rejects with the first fault, but not before the others have their answers. */
async function allActed({ response }: HttpExchange, acting: readonly unknown[]): Promise<void> {
  const ended = await Promise.allSettled(acting);
  const fault = ended.find((one) => one.status === 'rejected');
  if (!fault) return;
  if (!response.closed) await once(response, 'close');
  throw fault.reason;
}

function readBatch({ revision }: Session, body: Buffer): readonly ClientMessage[] {
  if (revision === BATCH_REVISION) return readClientBatch(body);
  const message = `Batches belong to protocol version ${BATCH_REVISION}, and this session speaks ${revision}: send one message in each POST.`;
  throw new MessageError(message, { code: -32600 });
}

function isRequest(message: ClientMessage): message is ClientRequest {
  return message.method !== undefined && message.id !== undefined;
}

/** Why a request has no place in this batch. `seen` are the ids of those before it. */
function problemOf({ method, id }: ClientRequest, seen: Set<string>): string | undefined {
  const key = canonical(id);
  if (seen.has(key)) return 'Another request of this batch has the same id.';
  seen.add(key);
  return method === 'initialize' ? 'initialize must not be part of a batch.' : undefined;
}

/** For notifications and responses: nothing is said to them. */
function unanswered(exchange: Exchange): Exchange {
  return { ...exchange, accept() {} };
}
