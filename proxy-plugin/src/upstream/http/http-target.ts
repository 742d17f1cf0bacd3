/** Where the requests to an HTTP server go, and the headers that it is registered with. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { type ResolveReference, resolveReferences } from '../resolve-references.ts';
import { notRun } from '../upstream-error.ts';

export interface HttpTarget {
  readonly url: URL;
  /** The server's own, references resolved. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws `UpstreamError` (`start_failed`) that names the field. */
export function httpTarget(server: ServerRuntime, resolve: ResolveReference): HttpTarget {
  const url = URL.parse(server.url ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) {
    const message = `Server "${server.name}": \`url\` is no http or https URL. Check it.`;
    throw notRun('start_failed', message);
  }
  const headers = resolveReferences(server.name, 'headers', server.headers, resolve);
  return { url, headers: { ...basicAuthentication(url), ...headers } };
}

/** `https://user:password@host/` means what it means everywhere. */
function basicAuthentication({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
