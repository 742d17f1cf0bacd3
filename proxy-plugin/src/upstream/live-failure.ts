/** Why a call got no reply from an upstream that is there, in words for the people who meet it. */
import type { UpstreamFailure } from './upstream.ts';

export const CANCELLED: UpstreamFailure = {
  reason: 'cancelled',
  message: 'The client cancelled the request.',
  notRun: false,
};

export function unanswered(server: string, timeoutMs: number): UpstreamFailure {
  return {
    reason: 'timeout',
    message: `Server "${server}" did not answer within ${timeoutMs} ms. Try again, or raise its request timeout.`,
    notRun: false,
  };
}

export function slowClient(server: string, timeoutMs: number): UpstreamFailure {
  return {
    reason: 'slow_client',
    message: `The client did not read the reply of server "${server}" within ${timeoutMs} ms. Read replies faster, or ask for less at a time.`,
    notRun: false,
  };
}
