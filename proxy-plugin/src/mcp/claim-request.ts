/** Takes on a request that keeps a server busy: a place among what its principal has under way. */
import { type ClaimedCall, TOO_MANY_CALLS } from './calls-in-flight.ts';
import type { Refusal, Rejection } from './exchange.ts';
import type { CallTurn, DataPath } from './turn.ts';

const SAME_ID: Rejection = {
  reason: 'bad_request',
  code: -32600,
  message: 'A request with this id is still under way.',
};

/** The place; else why there is none, to be told to the client. */
export function claimRequest(
  { inFlight }: Pick<DataPath, 'inFlight'>,
  { caller, message }: Pick<CallTurn, 'caller' | 'message'>,
  id: Buffer,
): ClaimedCall | Rejection | Refusal {
  const claimed = inFlight.claim(caller, id, message.body.length);
  if (claimed === 'same_id') return SAME_ID;
  return claimed === 'too_many' ? TOO_MANY_CALLS : claimed;
}

/** For what leaves no record. Undefined when there is no place, and the client has been told. */
export function claimOrTell(
  path: Pick<DataPath, 'inFlight'>,
  turn: CallTurn,
  id: Buffer,
): ClaimedCall | undefined {
  const claimed = claimRequest(path, turn, id);
  if ('code' in claimed) turn.exchange.reject(id, claimed);
  else if ('reason' in claimed) turn.exchange.refuse(claimed);
  else return claimed;
  return undefined;
}
