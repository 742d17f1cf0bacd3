/** The Streamable HTTP transport: one MCP session at a server, each request a POST of its own. */
import type { IncomingHttpHeaders } from 'node:http';
import { Slots } from '../../in-flight/slots.ts';
import { ending } from '../ending.ts';
import { createScrub, type Scrub } from '../scrub.ts';
import {
  encodeRequest,
  type Transport,
  type TransportCall,
  type TransportRequest,
} from '../transport.ts';
import type { ReplyHandler, UpstreamFailure } from '../upstream.ts';
import { type ExchangeRequest, sendAndForget } from './exchange.ts';
import {
  isSessionLost,
  redirected,
  sessionClosed,
  sessionLost,
  statusFailure,
} from './http-failure.ts';
import type { HttpTransportDeps } from './http-transport-deps.ts';
import { type ListenStream, openListenStream } from './listen-stream.ts';
import { PostCall, type Refusal } from './post-call.ts';
import { redirectTarget } from './redirect.ts';
import { requestHeaders } from './request-headers.ts';

const NOTIFICATION_TIMEOUT_MS = 10_000;
const FAREWELL_TIMEOUT_MS = 2_000;
/** A server may move its endpoint within its origin (a trailing slash, mostly). */
const MAX_REDIRECTS = 2;

export class HttpTransport implements Transport {
  readonly pids: readonly number[] = [];
  readonly scrub: Scrub;
  readonly #deps: HttpTransportDeps;
  readonly #calls = new Slots<PostCall>();
  readonly #origin: string;
  #path: string;
  /** Of every request while no header of a client goes along; made anew when the session changes. */
  #headers: Readonly<Record<string, string>> | undefined;
  #sessionId: string | undefined;
  #protocolVersion: string | undefined;
  #listening: ListenStream | undefined;
  #over = false;

  constructor(deps: HttpTransportDeps) {
    this.#deps = deps;
    this.scrub = createScrub(Object.values(deps.headers));
    this.#origin = deps.url.origin;
    this.#path = `${deps.url.pathname}${deps.url.search}`;
  }

  request(request: TransportRequest, handler: ReplyHandler): TransportCall {
    let current: PostCall | undefined;
    let slot: number | undefined;
    let redirects = 0;
    let settled = false;
    const done = () => {
      settled = true;
      if (slot !== undefined) this.#calls.remove(slot);
      slot = undefined;
    };
    const post = () => {
      current = this.#post(request, ending(handler, done), (refusal) => {
        done();
        if (redirects < MAX_REDIRECTS && this.#follow(refusal)) {
          redirects += 1;
          settled = false;
          post();
        } else this.#refused(refusal, request, handler);
      });
      if (!settled) slot = this.#calls.add(current);
    };
    if (this.#over) handler.fail({ ...sessionClosed(this.#deps.server.name), notRun: true });
    else post();
    return {
      abort: () => {
        done();
        current?.abort();
      },
      resume: () => current?.resume(),
    };
  }

  async send(message: Buffer, headers = this.#deps.forwarded): Promise<void> {
    if (this.#over) return;
    const exchange = this.#exchange('POST', message, headers);
    await sendAndForget(this.#deps.agent, exchange, NOTIFICATION_TIMEOUT_MS);
  }

  negotiated(protocolVersion: string): void {
    this.#protocolVersion = protocolVersion;
    this.#headers = undefined;
  }

  listen(): void {
    if (this.#over) return;
    this.#listening = openListenStream({
      agent: this.#deps.listenAgent,
      events: this.#deps.events,
      request: () => this.#exchange('GET', null, this.#deps.forwarded),
      sessionLost: () => void this.#lost(),
    });
  }

  stderr(): readonly string[] {
    return [];
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#listening?.close();
    for (const call of [...this.#calls]) call.fail(sessionClosed(this.#deps.server.name));
    if (this.#sessionId === undefined) return;
    const exchange = this.#exchange('DELETE', null, this.#deps.forwarded);
    await sendAndForget(this.#deps.agent, exchange, FAREWELL_TIMEOUT_MS);
  }

  #post(
    request: TransportRequest,
    handler: ReplyHandler,
    refused: (refusal: Refusal) => void,
  ): PostCall {
    return new PostCall({
      serverName: this.#deps.server.name,
      agent: this.#deps.agent,
      post: this.#exchange('POST', encodeRequest(request), request.headers),
      resume: (lastId) => this.#resumption(lastId, request),
      request,
      handler,
      events: this.#deps.events,
      now: this.#deps.now,
      accepted: (headers) => this.#accepted(request, headers),
      refused,
    });
  }

  #resumption(lastId: string, request: TransportRequest): ExchangeRequest {
    const exchange = this.#exchange('GET', null, request.headers);
    const more = { accept: 'text/event-stream', 'last-event-id': lastId };
    return { ...exchange, headers: { ...exchange.headers, ...more } };
  }

  /** MCP 2025-11-25, Streamable HTTP, "Session Management": the id comes with the answer to `initialize`. */
  #accepted(request: TransportRequest, headers: IncomingHttpHeaders): void {
    const id = headers['mcp-session-id'];
    if (request.method !== 'initialize' || typeof id !== 'string') return;
    this.#sessionId = id;
    this.#headers = undefined;
  }

  /** Takes on a new path within the origin; any other redirect would carry credentials elsewhere. */
  #follow({ status, headers }: Refusal): boolean {
    const target = status === 307 || status === 308 ? this.#target(headers) : undefined;
    if (!target || target.origin !== this.#origin) return false;
    this.#path = `${target.pathname}${target.search}`;
    return true;
  }

  #target(headers: IncomingHttpHeaders): URL | undefined {
    return redirectTarget(headers, new URL(this.#path, this.#deps.url));
  }

  #refused(refusal: Refusal, request: TransportRequest, handler: ReplyHandler): void {
    const { status, headers, error } = refusal;
    const { name } = this.#deps.server;
    if (this.#sessionId !== undefined && isSessionLost(status, error)) handler.fail(this.#lost());
    else if (status < 400) {
      handler.fail(redirected(name, status, this.#target(headers)?.origin ?? 'nowhere'));
    } else if (error && status !== 401 && status !== 403) {
      deliverError(error, refusal.elapsedMs, request, handler);
    } else handler.fail(statusFailure(name, status));
  }

  #lost(): UpstreamFailure {
    const failure = sessionLost(this.#deps.server.name);
    if (!this.#over) {
      // The other calls of the session are on their own streams and may still be answered.
      this.#over = true;
      this.#listening?.close();
      this.#deps.events.gone(failure);
    }
    return failure;
  }

  #exchange(
    method: ExchangeRequest['method'],
    body: Buffer | null,
    forwarded: Readonly<Record<string, string>>,
  ): ExchangeRequest {
    const headers = this.#headersWith(forwarded);
    return { origin: this.#origin, path: this.#path, method, body, headers };
  }

  #headersWith(forwarded: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { server, headers } = this.#deps;
    if (this.#headers && server.forwardHeaders.length === 0) return this.#headers;
    const session = { sessionId: this.#sessionId, protocolVersion: this.#protocolVersion };
    this.#headers = requestHeaders(server, headers, forwarded, session);
    return this.#headers;
  }
}

/** A JSON-RPC error under an HTTP error status is an answer like any other; its id may be missing. */
function deliverError(
  error: Record<string, unknown>,
  upstreamMs: number,
  { clientId }: TransportRequest,
  handler: ReplyHandler,
): void {
  const reply = Buffer.concat([
    Buffer.from('{"jsonrpc":"2.0","id":'),
    clientId,
    Buffer.from(`,"error":${JSON.stringify(error)}}`),
  ]);
  handler.chunk(reply);
  handler.end({ isError: true, bytes: reply.length, upstreamMs });
}
