/** 404: the endpoint is there, but not in the way this client speaks. */
import { transportOf } from '@sluice/contract/route-transport';
import type { Check } from '../verdict.ts';

export const checkTransport: Check = ({ input, endpoint }) => {
  const needed = transportOf(input.route);
  if (!endpoint || !needed || endpoint.transports.includes(needed)) return undefined;
  return {
    reason: 'transport_not_offered',
    message:
      `The endpoint "${input.endpointPath}" does not offer ${NAMES[needed]}. ` +
      `It offers ${endpoint.transports.join(', ')}.`,
  };
};

const NAMES = { 'streamable-http': 'Streamable HTTP', sse: 'HTTP+SSE', rest: 'REST' } as const;
