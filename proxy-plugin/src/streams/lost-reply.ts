/** What a client reads in place of a reply that it missed and that nobody has any more. */
import { errorResponse } from '../message/response-text.ts';

/** Own code, outside the range that JSON-RPC reserves. */
const LOST = 410;

/** `requestId`: JSON of the id of the request. */
export function lostReply(requestId: Buffer): Buffer {
  const message =
    'The reply to this request was lost with the connection: it came too long ago, was too large to be kept, or the gateway restarted. The call may have run: look before you make it again.';
  return errorResponse(requestId, LOST, message, { reason: 'reply_lost' });
}
