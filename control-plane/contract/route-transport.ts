/** The transport that each route of NGINX belongs to. */
import type { Route } from './headers.ts';
import type { ClientTransport } from './snapshot.ts';

const TRANSPORTS: ReadonlyMap<string, ClientTransport> = new Map<Route, ClientTransport>([
  ['mcp', 'streamable-http'],
  ['sse', 'sse'],
  ['message', 'sse'],
  ['api', 'rest'],
]);

/** Undefined for what is no route of ours. */
export function transportOf(route: string): ClientTransport | undefined {
  return TRANSPORTS.get(route);
}
