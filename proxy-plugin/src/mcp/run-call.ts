/** `tools/call`, `prompts/get` and `resources/read`: find, ask, forward, record. */
import type { Answer } from '@sluice/contract/frames';
import { REASONS } from '@sluice/contract/reasons';
import { paramsWith, stringField } from '../message/client-message.ts';
import { askLimits } from './ask-limits.ts';
import { beginRecord, type Finish, MAX_NAME_BYTES } from './begin-record.ts';
import { claimRequest } from './claim-request.ts';
import type { CallExchange, Refusal, Rejection } from './exchange.ts';
import {
  CALL_METHODS,
  type CallMethod,
  type FoundTarget,
  findTarget,
  type RefusedTarget,
} from './find-target.ts';
import { forwardCall } from './forward-call.ts';
import type { CallTurn, DataPath } from './turn.ts';

/** Answers the turn; every way through it leaves one call record. */
export async function runCall(
  path: DataPath,
  turn: CallTurn,
  id: Buffer,
  method: CallMethod,
): Promise<void> {
  const { exchange, message } = turn;
  const visibleName = stringField(message, CALL_METHODS[method].field);
  if (visibleName !== undefined && Buffer.byteLength(visibleName) > MAX_NAME_BYTES) {
    const unknown = { allowed: false, visibleName, reason: 'unknown_name' } as const;
    const finish = beginRecord(path, turn, method, unknown);
    reject(exchange, id, nameTooLong(method), finish);
    return;
  }
  const found = await find(path, turn, method, visibleName ?? '');
  const finish = beginRecord(path, turn, method, found);
  if (!found.allowed) {
    reject(exchange, id, unknownTarget(method, visibleName, found.reason), finish);
    return;
  }
  const claimed = claimRequest(path, turn, id);
  if ('code' in claimed) {
    reject(exchange, id, claimed, finish);
    return;
  }
  if ('reason' in claimed) {
    refuse(exchange, claimed, finish);
    return;
  }
  const done: Finish = (ending) => {
    claimed.finished();
    finish(ending);
  };
  const { target } = found;
  const answer = await askLimits(path, turn, method, target);
  if (answer.allowed) {
    const params = paramsWith(turn.message, CALL_METHODS[method].field, target.name);
    const call = { id, method, target, limits: answer, done };
    claimed.started(forwardCall(path, turn, call, params));
  } else refuse(exchange, refusalOf(answer), done);
}

/** Answers with an error of the protocol, which is a refusal to the operator. */
function reject(exchange: CallExchange, id: Buffer, rejection: Rejection, finish: Finish): void {
  const answered = exchange.reject(id, rejection);
  finish({ outcome: 'denied', reason: rejection.reason, ...answered });
}

function refuse(exchange: CallExchange, refusal: Refusal, finish: Finish): void {
  exchange.refuse(refusal);
  const { reason } = refusal;
  finish({ outcome: 'denied', reason, httpStatus: REASONS[reason], responseBytes: 0 });
}

function refusalOf(answer: Omit<Answer, 'id'>): Refusal {
  return {
    reason: answer.reason ?? 'unavailable',
    message: answer.message ?? 'The control plane refuses this call.',
    retryAfterSeconds: answer.retryAfterSeconds ?? 1,
    limits: answer,
  };
}

/** Servers that nobody has listed yet are waited for only if the name is none that is known. */
async function find(
  { catalogs }: Pick<DataPath, 'catalogs'>,
  { namespace, caller, rules }: CallTurn,
  method: CallMethod,
  visibleName: string,
): Promise<FoundTarget> {
  const known = catalogs.known(namespace, caller.profile);
  const found = findTarget(known.catalog, rules, method, visibleName);
  if (found.allowed || found.reason !== 'unknown_name' || known.unlisted.length === 0) return found;
  const { catalog } = await catalogs.settled(namespace, caller);
  return findTarget(catalog, rules, method, visibleName);
}

function nameTooLong(method: CallMethod): Rejection {
  const { field } = CALL_METHODS[method];
  const message = `"params.${field}" is longer than ${MAX_NAME_BYTES} bytes.`;
  return { reason: 'unknown_name', code: -32602, message };
}

/** What may not be listed can't be told from what does not exist. */
function unknownTarget(
  method: CallMethod,
  visibleName: string | undefined,
  reason: RefusedTarget['reason'],
): Rejection {
  const { kind, field } = CALL_METHODS[method];
  if (visibleName === undefined) {
    return { reason, code: -32602, message: `"params.${field}" must be a string.` };
  }
  return kind === 'resource'
    ? { reason, code: -32002, message: 'Resource not found', data: { uri: visibleName } }
    : { reason, code: -32602, message: `Unknown ${kind}: ${visibleName}` };
}
