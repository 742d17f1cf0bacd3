/** Where a redirect leads. */
import type { IncomingHttpHeaders } from 'node:http';

/** Undefined when `location` is absent or no URL. */
export function redirectTarget(headers: IncomingHttpHeaders, base: URL): URL | undefined {
  const { location } = headers;
  return location === undefined ? undefined : (URL.parse(location, base.href) ?? undefined);
}
