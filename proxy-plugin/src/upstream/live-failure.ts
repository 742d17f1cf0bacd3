/** Why a call got no reply from an upstream that is there, in words for the people who meet it. */
import type { TimeLimits } from './deadline.ts';
import type { UpstreamFailure } from './upstream.ts';

export const CANCELLED: UpstreamFailure = {
  reason: 'cancelled',
  message: 'The client cancelled the request.',
  notRun: false,
};

/** The failure of a call that reached `limit` (milliseconds); `isBlocked`: because its client did not read. */
export function expiry(
  server: string,
  limit: keyof TimeLimits,
  limitMs: number,
  isBlocked: boolean,
): UpstreamFailure {
  if (isBlocked) {
    const message = `The client did not read the reply of server "${server}" within ${limitMs} ms. Read replies faster, or ask for less at a time.`;
    return { reason: 'slow_client', message, notRun: false };
  }
  const message =
    limit === 'timeoutMs'
      ? `Server "${server}" did not answer within ${limitMs} ms. Try again, or raise its request timeout.`
      : `Server "${server}" did not finish within ${limitMs} ms, the most that one call may take in all. Ask it for less at a time, or raise its total timeout.`;
  return { reason: 'timeout', message, notRun: false };
}
