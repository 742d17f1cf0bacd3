/** Puts routes into a Hono application: authenticate → authorize → read → validate → handle → reply. */
import type { Context, Hono } from 'hono';
import { type Actor, ANONYMOUS, includesScope } from './actor.ts';
import { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import { requestIdOf } from './request-id.ts';
import type { Method, Origin, Route, RouteReply } from './route.ts';
import { createValidator } from './validate.ts';

/** Who sends this request. Throws 401 and 429 problems. */
export type Authenticate = (request: Request) => Promise<Actor>;

export interface MountOptions<D> {
  readonly routes: readonly Route<D>[];
  readonly deps: D;
  readonly authenticate: Authenticate;
}

export function mountRoutes<D>(app: Hono, options: MountOptions<D>): void {
  const methods = new Map<string, Method[]>();
  for (const route of options.routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    app.on(route.method.toUpperCase(), path, createHandler(route, options));
    methods.set(path, [...(methods.get(path) ?? []), route.method]);
  }
  for (const [path, allowed] of methods) app.all(path, () => refuseMethod(allowed));
  app.notFound((c) => {
    throw new Problem('not-found', `there is no ${c.req.path} here; see /openapi.json`);
  });
}

function createHandler<D>(route: Route<D>, { deps, authenticate }: MountOptions<D>) {
  const validate = createValidator(route);
  return async (c: Context): Promise<Response> => {
    const actor = route.scope === 'public' ? ANONYMOUS : await authenticate(c.req.raw);
    authorize(route, actor);
    const body = route.body ? await readBody(c.req.raw) : undefined;
    const input = validate({
      params: c.req.param(),
      query: new URL(c.req.url).searchParams,
      headers: c.req.raw.headers,
      body,
    });
    const reply = await route.handle({ ...input, origin: originOf(c, actor) }, deps);
    return respond(c, route, reply);
  };
}

function authorize<D>(route: Route<D>, actor: Actor): void {
  if (route.scope === 'public' || includesScope(actor.scope, route.scope)) return;
  throw new Problem(
    'forbidden',
    `${route.operationId} needs an admin key of scope ${route.scope}; "${actor.name}" has ${actor.scope}`,
  );
}

function originOf(c: Context, actor: Actor): Origin {
  const userAgent = (c.req.header('user-agent') ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
  return { actor, requestId: requestIdOf(c), userAgent };
}

function respond<D>(c: Context, route: Route<D>, reply: RouteReply): Response {
  const definition = route.replies[reply.status];
  if (!definition) throw new Error(`unreachable: ${route.operationId} has no ${reply.status}`);
  const headers = new Headers({ 'X-Request-Id': requestIdOf(c), ...reply.headers });
  if (!headers.has('cache-control')) headers.set('Cache-Control', 'no-store');
  if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
  if (!headers.has('content-type')) {
    headers.set('Content-Type', definition.contentType ?? 'application/json');
  }
  const isRaw = definition.contentType !== undefined || reply.body instanceof ReadableStream;
  const body = isRaw
    ? (reply.body as string | Uint8Array<ArrayBuffer> | ReadableStream)
    : JSON.stringify(reply.body);
  return new Response(body, { status: reply.status, headers });
}

function refuseMethod(allowed: readonly Method[]): never {
  const names = allowed.map((method) => method.toUpperCase());
  throw new Problem('method-not-allowed', `this path has ${names.join(', ')}`, {
    headers: { Allow: names.join(', ') },
  });
}
