/** One upstream in use: own request ids, deadlines, progress tokens and cancellation over any transport. */
import { replaceSpan, spanOf } from './json/value-span.ts';
import { encodeNotification, type ServerMessage, type Transport } from './transport.ts';
import type { ReplyHandler, RunningCall, UpstreamFailure } from './upstream.ts';

export interface LiveCall {
  readonly method: string;
  readonly params: Buffer | undefined;
  readonly clientId: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** From sending to the reply's last byte. */
  readonly timeoutMs: number;
}

export interface LiveUpstreamDeps {
  readonly serverName: string;
  readonly transport: Transport;
  listChanged(): void;
  /** A request of the server that nobody here can answer; it got -32601. */
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
  readonly settle: () => void;
  /** The reply has begun: a notification between its pieces would tear it apart. */
  replying: boolean;
}

export class LiveUpstream {
  readonly #deps: LiveUpstreamDeps;
  readonly #inFlight = new Map<number, InFlight>();
  #lastId = 0;
  #timeouts = 0;

  constructor(deps: LiveUpstreamDeps) {
    this.#deps = deps;
  }

  call(request: LiveCall, handler: ReplyHandler): RunningCall {
    this.#lastId += 1;
    const id = this.#lastId;
    const { params, clientToken } = withOwnToken(request.params, id);
    const expired = () =>
      giveUp('timeout', timeoutFailure(this.#deps.serverName, request.timeoutMs));
    const timer = setTimeout(() => this.#timedOut(entry, expired), request.timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      this.#inFlight.delete(id);
    };
    const entry: InFlight = { handler, clientToken, settle, replying: false };
    this.#inFlight.set(id, entry);
    const wire = this.#deps.transport.request({ ...request, id, params }, this.#settling(entry));
    const giveUp = (reason: string, failure: UpstreamFailure) => {
      if (!this.#inFlight.has(id)) return;
      settle();
      wire.abort();
      const params = { requestId: id, reason };
      const message = encodeNotification('notifications/cancelled', params);
      void this.#deps.transport.send(message, request.headers);
      handler.fail(failure);
    };
    return { cancel: (reason) => giveUp(reason, CANCELLED), resume: () => wire.resume() };
  }

  /** Takes what the transport heard from the server beside replies. */
  message(received: ServerMessage): void {
    this.#timeouts = 0;
    const { method, params } = parsed(received.bytes);
    if (typeof method !== 'string') return;
    if (received.kind === 'request') this.#answer(received.id, method);
    else if (method === 'notifications/progress') this.#progress(received.bytes, params);
    else if (LIST_CHANGED.test(method)) this.#deps.listChanged();
    else if (received.call !== undefined && !NOT_CARRIED.has(method)) {
      notify(this.#inFlight.get(received.call), received.bytes);
    }
  }

  #timedOut({ replying }: InFlight, giveUp: () => void): void {
    giveUp();
    // A reply that has begun may wait for its client, which says nothing of the server.
    if (replying) return;
    this.#timeouts += 1;
    if (this.#timeouts >= STUCK_AFTER_TIMEOUTS) this.#deps.stuck();
  }

  #answer(id: string, method: string): void {
    if (!/^["\d-]/.test(id)) return;
    const pong = method === 'ping';
    if (!pong) this.#deps.refusedRequest(method);
    const outcome = pong
      ? '"result":{}'
      : '"error":{"code":-32601,"message":"The gateway does not carry this request to a client."}';
    const answer = Buffer.from(`{"jsonrpc":"2.0","id":${id},${outcome}}`, 'latin1');
    void this.#deps.transport.send(answer);
  }

  #progress(bytes: Buffer, params: unknown): void {
    const token = (params as { progressToken?: unknown } | null | undefined)?.progressToken;
    const entry = typeof token === 'number' ? this.#inFlight.get(token) : undefined;
    const span = entry?.clientToken && spanOf(bytes, 'params', 'progressToken');
    if (span && entry.clientToken) notify(entry, replaceSpan(bytes, span, entry.clientToken));
  }

  /** The client's handler, with the entry settled before the last word reaches it. */
  #settling(entry: InFlight): ReplyHandler {
    const { handler, settle } = entry;
    return {
      notification: (message) => handler.notification(message),
      chunk: (bytes) => {
        this.#timeouts = 0;
        entry.replying = true;
        return handler.chunk(bytes);
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

const CANCELLED: UpstreamFailure = {
  reason: 'cancelled',
  message: 'The client cancelled the request.',
  notRun: false,
};
const LIST_CHANGED = /^notifications\/(tools|prompts|resources)\/list_changed$/;
/** They concern no single call, or name a URI that only subscriptions can place. */
const NOT_CARRIED = new Set(['notifications/cancelled', 'notifications/resources/updated']);

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

/** A client's progress token is replaced by our id: tokens of different clients may be the same. */
function withOwnToken(
  params: Buffer | undefined,
  id: number,
): { params: Buffer | undefined; clientToken: Buffer | undefined } {
  const span = params && spanOf(params, '_meta', 'progressToken');
  if (!params || !span) return { params, clientToken: undefined };
  return {
    params: replaceSpan(params, span, Buffer.from(String(id))),
    clientToken: params.subarray(span.start, span.end),
  };
}

function timeoutFailure(serverName: string, timeoutMs: number): UpstreamFailure {
  return {
    reason: 'timeout',
    message: `Server "${serverName}" did not answer within ${timeoutMs} ms. Try again, or raise its request timeout.`,
    notRun: false,
  };
}
