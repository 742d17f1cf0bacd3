import { InFlightMap } from '../../in-flight/in-flight-map.ts';
import { ending } from '../ending.ts';
import { type Exchange, type ExchangeRequest, sendAndForget } from '../http/exchange.ts';
import {
  brokenReply,
  connectionFailure,
  isSessionLost,
  redirected,
  sessionClosed,
  sessionLost,
  statusFailure,
} from '../http/http-failure.ts';
import type { HttpTransportDeps } from '../http/http-transport-deps.ts';
import { redirectTarget } from '../http/redirect.ts';
import { requestHeaders } from '../http/request-headers.ts';
import { ID_HOLE } from '../json/message-reader.ts';
import { createScrub, type Scrub } from '../scrub.ts';
import {
  encodeRequest,
  type Transport,
  type TransportCall,
  type TransportRequest,
} from '../transport.ts';
import type { ReplyHandler, UpstreamFailure } from '../upstream.ts';
import { WaitingCalls } from '../waiting-calls.ts';
import { type PostedRefusal, postMessage } from './post-message.ts';
import { openSseStream } from './sse-stream.ts';

const NOTIFICATION_TIMEOUT_MS = 10_000;
/** A server that has replied should have answered the POST as well; one that has not is cut off. */
const POST_GRACE_MS = 1_000;

export class SseTransport implements Transport {
  readonly pids: readonly number[] = [];
  readonly scrub: Scrub;
  readonly #deps: HttpTransportDeps;
  readonly #waiting: WaitingCalls;
  readonly #posts = new InFlightMap<number, Exchange>();
  readonly #closeStream: () => void;
  /** Path that messages go to; unknown until the server has said it. */
  #path: string | undefined;
  /** What came before that, to be sent then. */
  #early: TransportRequest[] = [];
  #protocolVersion: string | undefined;
  #over: UpstreamFailure | undefined;

  constructor(deps: HttpTransportDeps) {
    const { server, url, events } = deps;
    this.#deps = deps;
    this.scrub = createScrub(Object.values(deps.headers));
    this.#waiting = new WaitingCalls({ serverName: server.name, events, now: deps.now });
    this.#closeStream = openSseStream({
      serverName: server.name,
      agent: deps.listenAgent,
      url,
      headers: this.#headers(deps.forwarded),
      events: {
        endpoint: (path) => this.#opened(path),
        message: (message, pieces) => this.#waiting.received(message, pieces),
        garbage: (problem, id) => {
          events.garbage(problem);
          this.#waiting.fail(Number(id ?? Number.NaN), brokenReply(server.name, problem));
        },
        lost: (failure) => this.#lost(failure),
      },
    });
  }

  request(request: TransportRequest, handler: ReplyHandler): TransportCall {
    const { id } = request;
    const call = this.#waiting.add(
      request,
      ending(handler, () => this.#cutOffLater(id)),
    );
    if (this.#over) this.#waiting.fail(id, { ...this.#over, notRun: true });
    else if (this.#path === undefined) this.#early.push(request);
    else this.#post(request, this.#path);
    return {
      abort: () => {
        call.abort();
        this.#early = this.#early.filter((early) => early !== request);
        this.#cutOffLater(id);
      },
      resume: () => call.resume(),
    };
  }

  async send(message: Buffer, headers = this.#deps.forwarded): Promise<void> {
    if (this.#over || this.#path === undefined) return;
    const exchange = this.#exchange(this.#path, message, headers);
    await sendAndForget(this.#deps.agent, exchange, NOTIFICATION_TIMEOUT_MS);
  }

  negotiated(protocolVersion: string): void {
    this.#protocolVersion = protocolVersion;
  }

  listen(): void {}

  stderr(): readonly string[] {
    return [];
  }

  /** The protocol knows no farewell: the stream's end is the session's. */
  async close(): Promise<void> {
    this.#end(sessionClosed(this.#deps.server.name));
  }

  #opened(path: string): void {
    this.#path = path;
    for (const request of this.#early.splice(0)) this.#post(request, path);
  }

  #lost(failure: UpstreamFailure): void {
    if (this.#end(failure)) this.#deps.events.gone(failure);
  }

  /** False when it was over already. */
  #end(failure: UpstreamFailure): boolean {
    if (this.#over) return false;
    this.#over = failure;
    this.#letGo(failure);
    return true;
  }

  #letGo(failure: UpstreamFailure): void {
    // A stream that can't even be begun ends before there is anything to close it with.
    this.#closeStream?.();
    for (const post of this.#posts.values()) post.abort();
    for (const id of this.#posts.keys()) this.#posts.delete(id);
    this.#early = [];
    this.#waiting.failAll(failure);
  }

  #post(request: TransportRequest, path: string): void {
    const { id, headers } = request;
    const { server, agent } = this.#deps;
    const post = postMessage(agent, this.#exchange(path, encodeRequest(request), headers), {
      over: () => void this.#posts.delete(id),
      refused: (refusal) => this.#refused(id, refusal),
      failed: (error, sent) => this.#waiting.fail(id, connectionFailure(server.name, error, sent)),
    });
    this.#posts.add(id, post);
  }

  #cutOffLater(id: number): void {
    const post = this.#posts.get(id);
    if (!post) return;
    this.#posts.delete(id);
    setTimeout(() => post.abort(), POST_GRACE_MS).unref();
  }

  #refused(id: number, { status, headers, error }: PostedRefusal): void {
    const { name } = this.#deps.server;
    const isInSession = this.#protocolVersion !== undefined;
    if (isInSession && isSessionLost(status, error)) this.#sessionLost(id);
    else if (status < 400) {
      const target = redirectTarget(headers, this.#deps.url)?.origin ?? 'nowhere';
      this.#waiting.fail(id, redirected(name, status, target));
    } else if (error && status !== 401 && status !== 403) this.#deliverError(id, error);
    else this.#waiting.fail(id, statusFailure(name, status));
  }

  /** Only the refused message surely did not run, and is sent again in a new session. */
  #sessionLost(id: number): void {
    const failure = sessionLost(this.#deps.server.name);
    if (!this.#over) {
      this.#over = failure;
      this.#deps.events.gone(failure);
    }
    this.#waiting.fail(id, failure);
    this.#letGo({ ...failure, notRun: false });
  }

  /** A JSON-RPC error under an HTTP error status is an answer like any other; its id may be missing. */
  #deliverError(id: number, error: Record<string, unknown>): void {
    const head = Buffer.from('{"jsonrpc":"2.0","id":');
    const rest = Buffer.from(`,"error":${JSON.stringify(error)}}`);
    const message = { kind: 'response', id: String(id), isError: true } as const;
    this.#waiting.received(message, [head, ID_HOLE, rest]);
  }

  #exchange(
    path: string,
    body: Buffer,
    forwarded: Readonly<Record<string, string>>,
  ): ExchangeRequest {
    const { origin } = this.#deps.url;
    return { origin, path, method: 'POST', body, headers: this.#headers(forwarded) };
  }

  #headers(forwarded: Readonly<Record<string, string>>): Record<string, string> {
    const { server, headers } = this.#deps;
    const session = { sessionId: undefined, protocolVersion: this.#protocolVersion };
    return requestHeaders(server, headers, forwarded, session);
  }
}
