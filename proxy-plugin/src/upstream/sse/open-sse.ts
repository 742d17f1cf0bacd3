/** Opens the HTTP+SSE transport of a server: URL, references, session. */

import { httpTarget } from '../http/http-target.ts';
import type { OpenHttp, OpenHttpDeps } from '../http/open-http.ts';
import { SseTransport } from './sse-transport.ts';

export function createOpenSse({ resolveReference, ...deps }: OpenHttpDeps): OpenHttp {
  return async (server, caller, events) =>
    new SseTransport({
      server,
      ...httpTarget(server, resolveReference),
      forwarded: caller.headers,
      ...deps,
      events,
    });
}
