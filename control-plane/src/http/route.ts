/** One route = one value: the router, the validator and the OpenAPI document all read it. */
import type { z } from 'zod';
import type { Actor, Scope } from './actor.ts';
import type { ProblemSlug } from './problem-types.ts';

export type Method = 'get' | 'put' | 'post' | 'delete';

/** What every handler knows about who asks, for records. */
export interface Origin {
  readonly actor: Actor;
  readonly requestId: string;
  readonly userAgent: string;
}

export interface RouteInput<P, Q, H, B> {
  readonly params: P;
  readonly query: Q;
  /** The declared ones, by lower-case name. */
  readonly headers: H;
  readonly body: B;
  /** `revision` of an object that was read and sent back: the same as `If-Match`. */
  readonly sentRevision: number | undefined;
  readonly origin: Origin;
}

export interface RouteReply {
  readonly status: number;
  /** Sent as JSON, unless it is a stream, or the reply declares another content type: text or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One documented success. */
export interface ReplyDefinition {
  readonly description: string;
  /** JSON body; must have a `.meta({ id })`. */
  readonly schema?: z.ZodType;
  /** Anything but JSON. */
  readonly contentType?: string;
  /** Other forms of the same reply, by content type; the handler names the one it sends in a header. */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** Name → what it says. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly example?: unknown;
}

export interface BodyExample {
  readonly summary: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface RouteFacts {
  readonly operationId: string;
  readonly method: Method;
  /** With `{name}` placeholders. */
  readonly path: string;
  readonly tag: string;
  /** The least scope that may call it; `public` needs no key. */
  readonly scope: Scope | 'public';
  readonly summary: string;
  /** Markdown; mandatory, because a summary never says enough. */
  readonly description: string;
  /** At least one wherever there is a body. The live application accepts each, a test says so. */
  readonly bodyExamples?: Readonly<Record<string, BodyExample>>;
  /** A request without body counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** Computed fields of a reply: ignored when sent back, so that GET → edit → PUT works. */
  readonly computed?: readonly string[];
  readonly replies: Readonly<Record<number, ReplyDefinition>>;
  /** Beside those every route has: 400, and 401, 403, 404, 413, 415, 429 where they apply. */
  readonly problems?: readonly ProblemSlug[];
}

/** A route as the router and the document see it. `D` = what its handler needs. */
export interface Route<D> extends RouteFacts {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  handle(input: RouteInput<unknown, unknown, unknown, unknown>, deps: D): Promise<RouteReply>;
}

interface RouteDefinition<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  H extends z.ZodObject,
  B extends z.ZodType,
  D,
> extends RouteFacts {
  readonly params?: P;
  /** Strict: unknown query parameters are refused. */
  readonly query?: Q;
  readonly headers?: H;
  readonly body?: B;
  handle(
    input: RouteInput<z.output<P>, z.output<Q>, z.output<H>, z.output<B>>,
    deps: D,
  ): Promise<RouteReply>;
}

/** Types the handler by the schemas beside it. */
export function defineRoute<
  D,
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  H extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
>(route: RouteDefinition<P, Q, H, B, D>): Route<D> {
  return route;
}
