/** Takes on a request that is no call but keeps a server busy: a place among what its principal has under way. */
import { errorResponse } from '../message/response-text.ts';
import { type ClaimedCall, TOO_MANY_CALLS } from './calls-in-flight.ts';
import type { DataPath, Turn } from './turn.ts';

/** Undefined when there is none, and the client has been told. */
export function claimRequest(
  { inFlight }: Pick<DataPath, 'inFlight'>,
  { exchange, caller, message }: Turn,
  id: Buffer,
): ClaimedCall | undefined {
  const claimed = inFlight.claim(caller, id, message.body.length);
  if (claimed === 'too_many') exchange.refuse(TOO_MANY_CALLS);
  else if (claimed === 'same_id') {
    const text = 'A request with this id is still under way.';
    exchange.respond(errorResponse(id, -32600, text));
  } else return claimed;
  return undefined;
}
