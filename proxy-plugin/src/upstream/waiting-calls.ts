/** Calls that share one stream of messages, a pipe or an HTTP+SSE stream: each gets its own reply, by our id. */
import { InFlightMap } from '../in-flight/in-flight-map.ts';
import { ending } from './ending.ts';
import { type ReadMessage, withId } from './json/message-reader.ts';
import { serverMessage } from './json/server-message.ts';
import { ReplyDelivery } from './reply-delivery.ts';
import {
  MAX_SERVER_MESSAGE_BYTES,
  type TransportCall,
  type TransportEvents,
  type TransportRequest,
} from './transport.ts';
import type { ReplyHandler, UpstreamFailure } from './upstream.ts';

export interface WaitingCallsDeps {
  readonly serverName: string;
  readonly events: TransportEvents;
  /** Milliseconds. */
  now(): number;
}

/** 64 MiB of complete replies that the clients of one stream do not read. */
const MAX_UNDELIVERED_BYTES = 64 * 1024 * 1024;

interface Waiting {
  readonly handler: ReplyHandler;
  readonly clientId: Buffer;
  readonly sentAt: number;
  /** Set once the reply is there. */
  delivery?: ReplyDelivery;
}

export class WaitingCalls {
  readonly #deps: WaitingCallsDeps;
  readonly #waiting = new InFlightMap<number, Waiting>();

  constructor(deps: WaitingCallsDeps) {
    this.#deps = deps;
  }

  /** The call is about to be sent. */
  add({ id, clientId }: TransportRequest, handler: ReplyHandler): TransportCall {
    this.#waiting.add(id, { handler, clientId, sentAt: this.#deps.now() });
    return {
      abort: () => void this.#waiting.delete(id),
      resume: () => this.#waiting.get(id)?.delivery?.resume(),
    };
  }

  /** Whatever the server said: a reply goes to its call, the rest to the events. */
  received(message: ReadMessage, pieces: Buffer[]): void {
    const { kind, id } = message;
    if (kind === 'response') {
      this.#reply(message, pieces);
      return;
    }
    const said = serverMessage(kind, id, pieces);
    if (said.bytes.length > MAX_SERVER_MESSAGE_BYTES) this.#deps.events.garbage('it is too long');
    else this.#deps.events.message(said);
  }

  /** Fails one call, unless its reply is there. */
  fail(id: number, failure: UpstreamFailure): void {
    const call = this.#waiting.get(id);
    if (!call || call.delivery) return;
    this.#waiting.delete(id);
    call.handler.fail(failure);
  }

  /** Fails every call that has no reply yet. */
  failAll(failure: UpstreamFailure): void {
    for (const id of this.#waiting.keys()) this.fail(id, failure);
  }

  #reply({ id, isError }: ReadMessage, pieces: Buffer[]): void {
    const number = /^\d+$/.test(id) ? Number(id) : Number.NaN;
    const call = this.#waiting.get(number);
    if (call && !call.delivery) this.#deliver(number, call, pieces, isError);
    else this.#deps.events.lateReply();
  }

  #deliver(id: number, call: Waiting, pieces: Buffer[], isError: boolean): void {
    const reply = withId(pieces, call.clientId);
    const bytes = reply.reduce((sum, piece) => sum + piece.length, 0);
    if (this.#undelivered() + bytes > MAX_UNDELIVERED_BYTES) {
      this.fail(id, unreadByClients(this.#deps.serverName));
      return;
    }
    const upstreamMs = this.#deps.now() - call.sentAt;
    call.delivery = new ReplyDelivery(ending(call.handler, () => this.#waiting.delete(id)));
    call.delivery.push(reply);
    call.delivery.finish({ isError, bytes, upstreamMs });
  }

  #undelivered(): number {
    let sum = 0;
    for (const { delivery } of this.#waiting.values()) sum += delivery?.waiting ?? 0;
    return sum;
  }
}

function unreadByClients(server: string): UpstreamFailure {
  return {
    reason: 'slow_client',
    message: `Replies of server "${server}" are waiting for clients that do not read them; there is no room for this one. Read replies faster, or ask for less at a time.`,
    notRun: false,
  };
}
