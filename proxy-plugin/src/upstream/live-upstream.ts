/** One upstream in use: own request ids, deadlines, progress tokens and cancellation over any transport. */
import { InFlightMap } from '../in-flight/in-flight-map.ts';
import { startDeadline, type TimeLimits } from './deadline.ts';
import { asksByUrl, Elicitations } from './elicitations.ts';
import { type InFlight, notify } from './in-flight.ts';
import { replaceSpan, spanOf } from './json/value-span.ts';
import { CANCELLED, expiry } from './live-failure.ts';
import { isHeard } from './log-level.ts';
import { withLogger } from './named-logger.ts';
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
  /** It belongs to no call that could carry it. */
  saidOutside(message: OutsideMessage): void;
  /** A request of the server that no client was asked; it got -32601. */
  refusedRequest(method: string): void;
  /** So many calls in a row timed out without a word: the upstream hangs and should be replaced. */
  stuck(): void;
}

export interface OutsideMessage {
  /** The whole notification. */
  readonly bytes: Buffer;
  /** Of a log message. */
  readonly logLevel?: unknown;
  /** The only session that it concerns. */
  readonly session?: string;
}

/** Timeouts in a row, without a byte between, that make an upstream count as hanging. */
const STUCK_AFTER_TIMEOUTS = 3;

export class LiveUpstream {
  readonly #deps: LiveUpstreamDeps;
  readonly #inFlight = new InFlightMap<number, InFlight>();
  readonly #requests: ServerRequests;
  /** Undefined where the client knows no URLs. */
  readonly #elicitations: Elicitations | undefined;
  #lastId = 0;
  #timeouts = 0;

  constructor(deps: LiveUpstreamDeps) {
    this.#deps = deps;
    this.#elicitations = asksByUrl(deps.profile) ? new Elicitations() : undefined;
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
    if (received.kind === 'request') this.#asked(received, method, params);
    else if (method === 'notifications/cancelled') this.#withdrawn(params);
    else if (method === 'notifications/progress') this.#progress(received.bytes, params);
    else if (LIST_CHANGED.test(method)) this.#deps.listChanged();
    else if (method === 'notifications/message') this.#log(received, params);
    else if (method === 'notifications/resources/updated') this.#updated(received.bytes, params);
    else if (method === 'notifications/elicitation/complete') this.#completed(received, params);
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

  #asked(received: ServerMessage, method: string, params: unknown): void {
    const entry = this.#callOf(received);
    this.#requests.take(received, method, entry?.replying ? undefined : entry);
    if (entry?.caller) this.#elicitations?.asked(params, entry.caller.session);
  }

  /** Often long after the call that sent the client to the URL. */
  #completed(received: ServerMessage, params: unknown): void {
    const session = this.#elicitations?.sessionOf(params);
    const entry = this.#callOf(received);
    if (session === undefined) notify(entry, received.bytes);
    else if (entry?.caller?.session !== session || !notify(entry, received.bytes)) {
      this.#deps.saidOutside({ bytes: received.bytes, session });
    }
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
    if (entry && !isHeard(level, entry.caller?.logLevel)) return;
    const bytes = withLogger(received.bytes, this.#deps.serverName, logger);
    if (entry) notify(entry, bytes);
    else this.#deps.saidOutside({ bytes, logLevel: level });
  }

  /** The client's handler, with the entry settled before the last word reaches it. */
  #settling(entry: InFlight): ReplyHandler {
    const { handler, settle, caller } = entry;
    return {
      notification: (message) => handler.notification(message),
      chunk: (bytes) => {
        this.#timeouts = 0;
        if (!entry.replying && caller) this.#elicitations?.replied(bytes, caller.session);
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
