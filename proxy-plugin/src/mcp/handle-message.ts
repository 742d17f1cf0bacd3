/** Every method of the legacy era and what becomes of it, on one screen. */
import { LIST_METHODS, type ListMethod } from '../catalog/visible-view.ts';
import { parsedParams } from '../message/client-message.ts';
import { errorResponse, resultResponse } from '../message/response-text.ts';
import { complete } from './complete.ts';
import { CALL_METHODS, type CallMethod } from './find-target.ts';
import { listEntries } from './list-entries.ts';
import { runCall } from './run-call.ts';
import { setLogLevel } from './set-log-level.ts';
import { subscribe, unsubscribe } from './subscribe.ts';
import type { DataPath, Turn } from './turn.ts';

/** Acts on a message within a session; `initialize` comes before there is one. */
export async function handleMessage(path: DataPath, turn: Turn): Promise<void> {
  const { exchange, message } = turn;
  const { method, id } = message;
  if (method === undefined || !id) {
    if (method === undefined) path.serverRequests.answer(turn.caller.session, message);
    else if (method === 'notifications/cancelled') cancel(path, turn);
    exchange.accept();
  } else if (isListMethod(method)) await listEntries(path, turn, id, method);
  else if (isCallMethod(method)) await runCall(path, turn, id, method);
  else if (method === 'completion/complete') await complete(path, turn, id);
  else if (method === 'resources/subscribe') await subscribe(path, turn, id);
  else if (method === 'resources/unsubscribe') unsubscribe(path, turn, id);
  else if (method === 'logging/setLevel') setLogLevel(path, turn, id);
  else if (method === 'ping') exchange.respond(resultResponse(id, '{}'));
  else exchange.respond(unknownMethod(id, method));
}

function cancel(path: DataPath, { message, caller }: Turn): void {
  const { requestId, reason } = parsedParams(message);
  const id = JSON.stringify(requestId);
  if (id === undefined) return;
  path.inFlight.cancel(caller.session, id, typeof reason === 'string' ? reason : 'cancelled');
}

function isListMethod(method: string): method is ListMethod {
  return Object.hasOwn(LIST_METHODS, method);
}

function isCallMethod(method: string): method is CallMethod {
  return Object.hasOwn(CALL_METHODS, method);
}

/** As much of a made-up method as the client needs to find it. */
const MAX_ECHOED = 64;

function unknownMethod(id: Buffer, method: string): Buffer {
  const echoed = method.length <= MAX_ECHOED ? method : `${method.slice(0, MAX_ECHOED)}…`;
  return errorResponse(id, -32601, `Method not found: ${echoed}`);
}
