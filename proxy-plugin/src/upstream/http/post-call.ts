/** One request over Streamable HTTP: a POST, and the reply found in its JSON or event-stream response. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent } from 'undici';
import type { TransportEvents, TransportRequest } from '../transport.ts';
import type { ReplyHandler, UpstreamFailure } from '../upstream.ts';
import { EventStreamParser } from './event-stream-parser.ts';
import {
  type Exchange,
  type ExchangeEvents,
  type ExchangeRequest,
  startExchange,
} from './exchange.ts';
import { connectionFailure, isPassing, noReply, unreadBody } from './http-failure.ts';
import { RefusalBody } from './refusal-body.ts';
import { ReplyReader } from './reply-reader.ts';
import { Resumption } from './resumption.ts';

/** A response that is no success: its status, headers, and the beginning of its body. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The `error` member of a JSON-RPC error in the body. */
  readonly error: Record<string, unknown> | undefined;
  /** Milliseconds since the request was sent. */
  readonly elapsedMs: number;
}

export interface PostCallDeps {
  readonly serverName: string;
  readonly agent: Agent;
  readonly post: ExchangeRequest;
  /** The GET that goes on with the reply's stream after the event `lastId`. */
  resume(lastId: string): ExchangeRequest;
  readonly request: TransportRequest;
  readonly handler: ReplyHandler;
  readonly events: TransportEvents;
  now(): number;
  /** The headers of a success, before its body. */
  accepted(headers: IncomingHttpHeaders): void;
  /** Called instead of the handler's `fail`. */
  refused(refusal: Refusal): void;
}

/** A server should end its event stream after the reply; one that does not is cut off. */
const STREAM_GRACE_MS = 1_000;

export class PostCall {
  readonly #deps: PostCallDeps;
  readonly #reader: ReplyReader;
  #exchange: Exchange;
  readonly #startedAt: number;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #consume: ((chunk: Buffer) => boolean) | undefined;
  #refusal: RefusalBody | undefined;
  #parser: EventStreamParser | undefined;
  #resumption: Resumption | undefined;
  #over = false;

  constructor(deps: PostCallDeps) {
    this.#startedAt = deps.now();
    this.#deps = deps;
    this.#reader = new ReplyReader(deps, {
      onDrain: () => this.#exchange.resume(),
      onFailure: (failure) => this.#fail(failure),
      elapsedMs: () => this.#elapsedMs(),
    });
    this.#exchange = this.#open(deps.post, (status, headers) => this.#started(status, headers));
  }

  abort(): void {
    this.#over = true;
    this.#resumption?.stop();
    this.#exchange.abort();
  }

  /** Fails the call, unless its reply was read already. */
  fail(failure: UpstreamFailure): void {
    if (!this.#reader.complete) this.#fail(failure);
  }

  resume(): void {
    // What is still to be delivered of an aborted call would end it a second time.
    if (!this.#over) this.#reader.resume();
  }

  #open(request: ExchangeRequest, start: ExchangeEvents['start']): Exchange {
    return startExchange(this.#deps.agent, request, {
      start,
      data: (chunk) => this.#consume?.(chunk) ?? true,
      end: () => this.#ended(),
      error: (error, sent) => this.#broken(error, sent),
    });
  }

  #started(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status >= 300) {
      const refusal = new RefusalBody();
      this.#refusal = refusal;
      this.#consume = (chunk) => this.#collectRefusal(refusal, chunk);
      return;
    }
    const problem = this.#chooseReader(headers);
    if (problem) this.#fail(unreadBody(this.#deps.serverName, problem));
    else this.#deps.accepted(headers);
  }

  /** Sets up the reading of the body; gives what is wrong with it, if anything. */
  #chooseReader(headers: IncomingHttpHeaders): string | undefined {
    const encoding = headers['content-encoding'];
    if (encoding && encoding !== 'identity')
      return `a compressed body (${encoding}), not asked for`;
    const type = mediaType(headers);
    if (type === 'application/json') {
      this.#consume = this.#jsonBody();
    } else if (type === 'text/event-stream') {
      this.#consume = this.#eventStream();
    } else {
      return `HTTP ${this.#status} and ${type ? `content type ${type}` : 'no content type'}`;
    }
    return undefined;
  }

  /**
   * Not where it is assigned: V8 takes a function that is assigned to a property for a method and puts it
   * among the old objects, where it would keep the whole call alive until the next full collection.
   */
  #jsonBody(): (chunk: Buffer) => boolean {
    return (chunk) => this.#reader.push(chunk);
  }

  #eventStream(): (chunk: Buffer) => boolean {
    let flowing = true;
    const parser = new EventStreamParser({
      data: (bytes) => {
        flowing = this.#reader.push(bytes);
      },
      end: () => {
        this.#reader.endMessage();
        if (this.#reader.complete) this.#cutOffLater();
      },
    });
    this.#parser = parser;
    return (chunk) => {
      flowing = true;
      parser.push(chunk);
      return flowing;
    };
  }

  #cutOffLater(): void {
    setTimeout(() => this.#exchange.abort(), STREAM_GRACE_MS).unref();
  }

  #ended(): void {
    if (this.#over) return;
    if (this.#status >= 300) this.#refused();
    else if (mediaType(this.#headers) === 'application/json') this.#reader.endMessage();
    if (!this.#over && this.#status < 300 && !this.#reader.complete) {
      this.#comeBack(noReply(this.#deps.serverName));
    }
  }

  #broken(error: unknown, sent: boolean): void {
    if (this.#reader.complete) return;
    this.#comeBack(connectionFailure(this.#deps.serverName, error, sent));
  }

  /** Fails with `failure`, unless the server can go on where its stream stopped. */
  #comeBack(failure: UpstreamFailure): void {
    this.#resumption ??= new Resumption();
    if (this.#parser) this.#resumption.ended(this.#parser);
    const isOff =
      this.#reader.restart() && this.#resumption.schedule((id) => this.#resume(id, failure));
    if (!isOff) this.#fail({ ...failure, notRun: failure.notRun && !this.#parser });
  }

  #resume(lastId: string, failure: UpstreamFailure): void {
    this.#exchange = this.#open(this.#deps.resume(lastId), (status, headers) => {
      if (status === 200 && mediaType(headers) === 'text/event-stream') {
        this.#consume = this.#eventStream();
        return;
      }
      this.#exchange.abort();
      // 404 or 405: it does not resume.
      if (isPassing(status)) this.#comeBack(failure);
      else this.#fail(failure);
    });
  }

  #collectRefusal(refusal: RefusalBody, chunk: Buffer): boolean {
    if (!refusal.push(chunk)) {
      this.#exchange.abort();
      this.#refused();
    }
    return true;
  }

  #refused(): void {
    if (this.#over) return;
    this.#over = true;
    const error = this.#refusal?.error;
    const elapsedMs = this.#elapsedMs();
    this.#deps.refused({ status: this.#status, headers: this.#headers, error, elapsedMs });
  }

  #elapsedMs(): number {
    return this.#deps.now() - this.#startedAt;
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.#resumption?.stop();
    this.#exchange?.abort();
    this.#deps.handler.fail(failure);
  }
}

function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
