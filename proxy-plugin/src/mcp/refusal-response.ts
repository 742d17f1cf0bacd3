/** A refusal of one message whose answer shares a stream with others: an error with the message's own id. */
import { REASONS } from '@sluice/contract/reasons';
import { errorResponse } from '../message/response-text.ts';
import type { Refusal } from './exchange.ts';

/** `id`: JSON of the message's id; `requestId` is ours. */
export function refusalResponse(id: Buffer, requestId: string, refusal: Refusal): Buffer {
  const { reason, message, status = REASONS[reason], retryAfterSeconds } = refusal;
  const retryAfter = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return errorResponse(id, status, message, { reason, requestId, ...retryAfter });
}
