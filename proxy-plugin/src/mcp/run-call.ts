/** `tools/call`, `prompts/get` and `resources/read`: find, ask, forward, record. */
import { stringField } from '../message/client-message.ts';
import { errorResponse } from '../message/response-text.ts';
import { askLimits } from './ask-limits.ts';
import { CALL_METHODS, type CallMethod, type FoundTarget, findTarget } from './find-target.ts';
import { forwardCall } from './forward-call.ts';
import { type Finish, recordOf } from './record-of.ts';
import type { DataPath, Turn } from './turn.ts';

/** Answers the turn; every way through it leaves one call record. */
export async function runCall(
  path: DataPath,
  turn: Turn,
  id: Buffer,
  method: CallMethod,
): Promise<void> {
  const visibleName = stringField(turn.message, CALL_METHODS[method].field);
  const found = await find(path, turn, method, visibleName ?? '');
  const finish: Finish = (ending) =>
    path.journal.record(recordOf(path, turn, method, found, ending));
  if (!found.allowed) {
    const response = unknownTarget(id, method, visibleName);
    turn.exchange.respond(response);
    const { reason } = found;
    finish({ outcome: 'denied', reason, httpStatus: 200, responseBytes: response.length });
    return;
  }
  const claimed = path.inFlight.claim(turn.caller.session, id);
  if (!claimed) {
    const response = errorResponse(id, -32600, 'A request with this id is still under way.');
    turn.exchange.respond(response);
    const ending = { httpStatus: 200, responseBytes: response.length };
    finish({ outcome: 'denied', reason: 'bad_request', ...ending });
    return;
  }
  const { target } = found;
  const answer = await askLimits(path, turn, method, target);
  const done: Finish = (ending) => {
    claimed.finished();
    finish(ending);
  };
  if (answer.allowed) {
    const call = { id, method, target, limits: answer, done };
    claimed.started(forwardCall(path, turn, call));
    return;
  }
  const reason = answer.reason ?? 'unavailable';
  const message = answer.message ?? 'The control plane refuses this call.';
  const retryAfterSeconds = answer.retryAfterSeconds ?? 1;
  turn.exchange.refuse({ reason, message, retryAfterSeconds, limits: answer });
  const httpStatus = reason === 'limit_exceeded' ? 429 : 503;
  done({ outcome: 'denied', reason, httpStatus, responseBytes: 0 });
}

/** Servers that nobody has listed yet are waited for only if the name is none that is known. */
async function find(
  { catalogs }: Pick<DataPath, 'catalogs'>,
  { namespace, caller, rules }: Turn,
  method: CallMethod,
  visibleName: string,
): Promise<FoundTarget> {
  const known = catalogs.known(namespace, caller.profile);
  const found = findTarget(known.catalog, rules, method, visibleName);
  if (found.allowed || found.reason !== 'unknown_name' || known.unlisted.length === 0) return found;
  const { catalog } = await catalogs.settled(namespace, caller);
  return findTarget(catalog, rules, method, visibleName);
}

/** What may not be listed can't be told from what does not exist. */
function unknownTarget(id: Buffer, method: CallMethod, visibleName: string | undefined): Buffer {
  const { kind, field } = CALL_METHODS[method];
  if (visibleName === undefined) {
    return errorResponse(id, -32602, `"params.${field}" must be a string.`);
  }
  return kind === 'resource'
    ? errorResponse(id, -32002, 'Resource not found', { uri: visibleName })
    : errorResponse(id, -32602, `Unknown ${kind}: ${visibleName}`);
}
