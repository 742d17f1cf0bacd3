/** What a client reads when an upstream gave no reply. */
import { errorResponse, resultResponse } from '../message/response-text.ts';
import type { UpstreamFailure } from '../upstream/upstream.ts';
import type { Target } from './find-target.ts';

/** Own code, outside the range that JSON-RPC reserves. */
const UPSTREAM_FAILED = 502;

/** The failure in the words that its client reads. */
export function toldFailure({ server }: Target, failure: UpstreamFailure): UpstreamFailure {
  return { ...failure, message: `Server "${server}" gave no answer: ${failure.message}` };
}

/** A tool's failure is a result that a model can read and react to; elsewhere it is an error. */
export function failureResponse(
  id: Buffer,
  method: string,
  { message: text, reason, retryAfterSeconds }: UpstreamFailure,
): Buffer {
  if (method === 'tools/call') {
    return resultResponse(id, JSON.stringify({ content: [{ type: 'text', text }], isError: true }));
  }
  const data = { reason, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return errorResponse(id, UPSTREAM_FAILED, text, data);
}
