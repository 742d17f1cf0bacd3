/** Opens a transport over HTTP, Streamable HTTP or HTTP+SSE, of a server: URL, references, session. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Agent } from 'undici';
import type { ResolveReference } from '../resolve-references.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import type { Caller } from '../upstream.ts';
import { httpTarget } from './http-target.ts';
import type { HttpTransportDeps } from './http-transport-deps.ts';

export interface OpenHttpDeps {
  readonly agent: Agent;
  readonly listenAgent: Agent;
  readonly resolveReference: ResolveReference;
  now(): number;
}

export type OpenHttp = (
  server: ServerRuntime,
  caller: Caller,
  events: TransportEvents,
) => Promise<Transport>;

export function createOpenHttp(
  { resolveReference, ...deps }: OpenHttpDeps,
  TransportOverHttp: new (deps: HttpTransportDeps) => Transport,
): OpenHttp {
  return async (server, caller, events) =>
    new TransportOverHttp({
      server,
      ...httpTarget(server, resolveReference),
      forwarded: caller.headers,
      ...deps,
      events,
    });
}
