/** Opens the Streamable HTTP transport of a server: URL, references, session. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Agent } from 'undici';
import type { ResolveReference } from '../resolve-references.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import type { Caller } from '../upstream.ts';
import { httpTarget } from './http-target.ts';
import { HttpTransport } from './http-transport.ts';

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

export function createOpenHttp({ resolveReference, ...deps }: OpenHttpDeps): OpenHttp {
  return async (server, caller, events) =>
    new HttpTransport({
      server,
      ...httpTarget(server, resolveReference),
      forwarded: caller.headers,
      ...deps,
      events,
    });
}
