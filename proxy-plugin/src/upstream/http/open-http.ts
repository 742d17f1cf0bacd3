/** Opens the Streamable HTTP transport of a server: URL, references, session. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Agent } from 'undici';
import { type ResolveReference, resolveReferences } from '../resolve-references.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import type { Caller } from '../upstream.ts';
import { notRun } from '../upstream-error.ts';
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
  return async (server, caller, events) => {
    const url = URL.parse(server.url ?? '');
    if (!url || !/^https?:$/.test(url.protocol)) {
      const message = `Server "${server.name}": \`url\` is no http or https URL. Check it.`;
      throw notRun('start_failed', message);
    }
    const headers = resolveReferences(server.name, 'headers', server.headers, resolveReference);
    return new HttpTransport({
      server,
      url,
      headers: { ...basicAuthentication(url), ...headers },
      forwarded: caller.headers,
      ...deps,
      events,
    });
  };
}

/** `https://user:password@host/` means what it means everywhere. */
function basicAuthentication({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
