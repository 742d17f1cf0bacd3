/** 404: the endpoint is there, but not in the way this client speaks. */
import type { Route } from '@sluice/contract/headers';
import type { ClientTransport } from '@sluice/contract/snapshot';
import type { Check } from '../verdict.ts';

export const checkTransport: Check = ({ input, endpoint }) => {
  const needed = TRANSPORTS.get(input.route);
  if (!endpoint || !needed || endpoint.transports.includes(needed.transport)) return undefined;
  return {
    reason: 'transport_not_offered',
    message:
      `The endpoint "${input.endpointPath}" does not offer ${needed.name}. ` +
      `It offers ${endpoint.transports.join(', ')}.`,
  };
};

interface NeededTransport {
  readonly transport: ClientTransport;
  readonly name: string;
}

const SSE: NeededTransport = { transport: 'sse', name: 'HTTP+SSE' };
const BY_ROUTE = {
  mcp: { transport: 'streamable-http', name: 'Streamable HTTP' },
  sse: SSE,
  message: SSE,
  api: { transport: 'rest', name: 'REST' },
} as const satisfies Record<Route, NeededTransport>;
const TRANSPORTS: ReadonlyMap<string, NeededTransport> = new Map(Object.entries(BY_ROUTE));
