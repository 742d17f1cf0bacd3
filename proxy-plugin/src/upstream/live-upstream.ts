/** One upstream in use: own request ids, deadlines, progress tokens and cancellation over any transport. */
import { InFlightMap } from '../in-flight/in-flight-map.ts';
import { type Deadline, startDeadline, type TimeLimits } from './deadline.ts';
import { replaceSpan, spanOf } from './json/value-span.ts';
import { CANCELLED, expiry } from './live-failure.ts';
import { isHeard } from './log-level.ts';
import { withOwnToken } from './own-token.ts';
import { ServerRequests } from './server-requests.ts';
import {
  encodeNotification,
  type ServerMessage,
  type Transport,
  type TransportCall,
  type TransportRequest,
} from './transport.ts';
import type { Caller, ReplyHandler, RunningCall, UpstreamFailure } from './upstream.ts';

export interface LiveCall extends TimeLimits {
  readonly method: string;
  readonly params: Buffer | undefined;
  readonly clientId: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** On whose behalf; absent for the gateway's own calls. */
  readonly caller?: Pick<Caller, 'session' | 'logLevel'>;
}

export interface LiveUpstreamDeps {
  readonly serverName: string;
  readonly transport: Transport;
  /** JSON of the capabilities that it was told of. */
  readonly profile: string;
  /**
   * What it says without naming a call concerns its only call in flight: a pipe or session that serves
   * one caller. Where callers share it, that could be the word of another one's call.
   */
  readonly isLeased: boolean;
  listChanged(): void;
  /** `message` is the whole notification. */
  resourceUpdated(uri: string, message: Buffer): void;
  /** A request of the server that no client was asked; it got -32601. */
  refusedRequest(method: string): void;
  /** So many calls in a row timed out without a word: the upstream hangs and should be replaced. */
  stuck(): void;
}

/** Timeouts in a row, without a byte between, that make an upstream count as hanging. */
const STUCK_AFTER_TIMEOUTS = 3;

interface InFlight {
  readonly handler: ReplyHandler;
  /** JSON bytes of the client's own progress token. */
  readonly clientToken: Buffer | undefined;
  readonly caller: LiveCall['caller'];
  readonly deadline: Deadline;
  readonly settle: () => void;
  /** The reply has begun: a notification between its pieces would tear it apart. */
  replying: boolean;
  /** Its client has not read yet what it was given. */
  isBlocked: boolean;
  /** The last one that was passed on: it may only grow. */
  progress: number;
}

export class LiveUpstream {
  readonly #deps: LiveUpstreamDeps;
  readonly #inFlight = new InFlightMap<number, InFlight>();
  readonly #requests: ServerRequests;
  #lastId = 0;
  #timeouts = 0;

  constructor(deps: LiveUpstreamDeps) {
    this.#deps = deps;
    this.#requests = new ServerRequests({
      profile: deps.profile,
      send: (message) => void deps.transport.send(message),
      refused: (method) => deps.refusedRequest(method),
    });
  }

  call(request: LiveCall, handler: ReplyHandler): RunningCall {
    this.#lastId += 1;
    const id = this.#lastId;
    const { params, clientToken } = withOwnToken(request.params, id);
    const { method, clientId, headers } = request;
    const deadline = startDeadline(request, (limit) => {
      giveUp('timeout', expiry(this.#deps.serverName, limit, request[limit], entry.isBlocked));
      this.#timedOut(entry);
    });
    const settle = () => {
      deadline.clear();
      this.#inFlight.delete(id);
      this.#requests.callEnded(entry);
    };
    const { caller } = request;
    const state = { replying: false, isBlocked: false, progress: Number.NEGATIVE_INFINITY };
    const entry: InFlight = { handler, clientToken, caller, deadline, settle, ...state };
    this.#inFlight.add(id, entry);
    const onWire = { id, method, params, clientId, headers };
    const wire = this.#send(onWire, entry);
    const giveUp = (reason: string, failure: UpstreamFailure) => {
      if (!this.#inFlight.has(id)) return;
      settle();
      wire.abort();
      // MCP 2025-11-25, "Cancellation": a client must not cancel its `initialize`.
      if (method !== 'initialize') this.#cancel(id, reason, headers);
      handler.fail(failure);
    };
    return {
      cancel: (reason) => giveUp(reason, CANCELLED),
      resume() {
        entry.isBlocked = false;
        wire.resume();
      },
    };
  }

  #cancel(requestId: number, reason: string, headers: LiveCall['headers']): void {
    const message = encodeNotification('notifications/cancelled', { requestId, reason });
    void this.#deps.transport.send(message, headers);
  }

  /** A transport that throws leaves nothing of the call behind. */
  #send(onWire: TransportRequest, entry: InFlight): TransportCall {
    try {
      return this.#deps.transport.request(onWire, this.#settling(entry));
    } catch (error) {
      entry.settle();
      throw error;
    }
  }

  /** Takes what the transport heard from the server beside replies. */
  message(received: ServerMessage): void {
    this.#timeouts = 0;
    const { method, params } = parsed(received.bytes);
    if (typeof method !== 'string') return;
    if (received.kind === 'request') this.#asked(received, method);
    else if (method === 'notifications/cancelled') this.#withdrawn(params);
    else if (method === 'notifications/progress') this.#progress(received.bytes, params);
    else if (LIST_CHANGED.test(method)) this.#deps.listChanged();
    else if (method === 'notifications/message') this.#log(received, params);
    else if (method === 'notifications/resources/updated') this.#updated(received.bytes, params);
    else notify(this.#callOf(received), received.bytes);
  }

  #updated(bytes: Buffer, params: unknown): void {
    const { uri } = Object(params) as { uri?: unknown };
    if (typeof uri === 'string') this.#deps.resourceUpdated(uri, bytes);
  }

  #timedOut({ replying }: InFlight): void {
    // A reply that has begun may wait for its client, which says nothing of the server.
    if (replying) return;
    this.#timeouts += 1;
    if (this.#timeouts >= STUCK_AFTER_TIMEOUTS) this.#deps.stuck();
  }

  #asked(received: ServerMessage, method: string): void {
    const entry = this.#callOf(received);
    this.#requests.take(received, method, entry?.replying ? undefined : entry);
  }

  #withdrawn(params: unknown): void {
    const { requestId, reason } = Object(params) as { requestId?: unknown; reason?: unknown };
    this.#requests.withdraw(requestId, reason);
  }

  /** The client's call that the server speaks about; undefined when that can't be told. */
  #callOf({ call }: ServerMessage): InFlight | undefined {
    if (call !== undefined) return this.#inFlight.get(call);
    const calls = this.#deps.isLeased ? this.#callsOfClients() : [];
    return calls.length === 1 ? calls[0] : undefined;
  }

  #callsOfClients(): InFlight[] {
    return this.#inFlight.values().filter(({ caller }) => caller);
  }

  #progress(bytes: Buffer, params: unknown): void {
    const { progressToken, progress } = Object(params) as Record<string, unknown>;
    const entry = typeof progressToken === 'number' ? this.#inFlight.get(progressToken) : undefined;
    if (!entry?.clientToken || typeof progress !== 'number' || progress <= entry.progress) return;
    const span = spanOf(bytes, 'params', 'progressToken');
    if (!span) return;
    entry.progress = progress;
    entry.deadline.extend();
    notify(entry, replaceSpan(bytes, span, entry.clientToken));
  }

  /** Where several calls of one session use a pipe, any of their streams will do for a log message. */
  #log(received: ServerMessage, params: unknown): void {
    const calls = this.#deps.isLeased ? this.#callsOfClients() : [];
    const [first] = calls;
    const isOfOne = calls.every(({ caller }) => caller?.session === first?.caller?.session);
    const entry = this.#callOf(received) ?? (isOfOne ? first : undefined);
    const { level, logger } = Object(params) as Record<string, unknown>;
    if (!isHeard(level, entry?.caller?.logLevel)) return;
    notify(entry, withLogger(received.bytes, this.#deps.serverName, logger));
  }

  /** The client's handler, with the entry settled before the last word reaches it. */
  #settling(entry: InFlight): ReplyHandler {
    const { handler, settle } = entry;
    return {
      notification: (message) => handler.notification(message),
      chunk: (bytes) => {
        this.#timeouts = 0;
        entry.replying = true;
        entry.isBlocked = !handler.chunk(bytes);
        return !entry.isBlocked;
      },
      end(summary) {
        settle();
        handler.end(summary);
      },
      fail(failure) {
        settle();
        handler.fail(failure);
      },
    };
  }
}

const LIST_CHANGED = /^notifications\/(tools|prompts|resources)\/list_changed$/;

/** The scanner lets pass a few numbers and escapes that are no JSON; such a message says nothing. */
function parsed(bytes: Buffer): { method?: unknown; params?: unknown } {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return {};
  }
}

function notify(entry: InFlight | undefined, bytes: Buffer): void {
  if (entry && !entry.replying) entry.handler.notification(bytes);
}

/** Clients see many servers as one, so the logger says which one it is. */
function withLogger(bytes: Buffer, serverName: string, logger: unknown): Buffer {
  const isNamed = typeof logger === 'string';
  const name = JSON.stringify(isNamed ? `${serverName}/${logger}` : serverName);
  const span = spanOf(bytes, 'params', isNamed ? 'logger' : 'level');
  if (!span) return bytes;
  const level = bytes.toString('utf8', span.start, span.end);
  return replaceSpan(bytes, span, Buffer.from(isNamed ? name : `${level},"logger":${name}`));
}
