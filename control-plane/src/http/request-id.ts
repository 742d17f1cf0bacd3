/** The id of a request: NGINX's, which is also in its access log. */
import { randomUUID } from 'node:crypto';
import { REQUEST_ID_HEADER } from '@sluice/contract/headers';
import type { Context } from 'hono';

const ids = new WeakMap<Request, string>();

/** Ours, never the client's: NGINX overwrites the header. Without NGINX (health probes) a random one. */
export function requestIdOf(c: Context): string {
  const request = c.req.raw;
  const known = ids.get(request);
  if (known) return known;
  const given = c.req.header(REQUEST_ID_HEADER);
  const id = given && /^[0-9a-f]{32}$/.test(given) ? given : randomUUID().replaceAll('-', '');
  ids.set(request, id);
  return id;
}
