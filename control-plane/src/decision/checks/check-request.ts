/** 400: NGINX must say what it matched. A request that came past NGINX does not. */
import { transportOf } from '@sluice/contract/route-transport';
import type { Check } from '../verdict.ts';

export const checkRequest: Check = ({ input }) => {
  const complete =
    /^[A-Za-z0-9_-]{1,64}$/.test(input.endpointPath) &&
    /^[A-Z]{1,32}$/.test(input.httpMethod) &&
    transportOf(input.route) !== undefined &&
    input.requestId !== '' &&
    input.clientIp !== '';
  if (complete) return undefined;
  return {
    reason: 'bad_request',
    message: 'The gateway did not recognise this request. Its NGINX includes may be out of date.',
  };
};
