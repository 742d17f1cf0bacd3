/** One event stream to a client of Streamable HTTP: it outlives its connection, and goes on over the next. */
import type { ServerResponse } from 'node:http';
import { PRIMED_REVISION } from '../legacy-revisions.ts';
import { COMMENT, EVENT_END, VOID_END } from './event-bytes.ts';
import { type EventId, eventNumber, idAround, type StreamKind } from './event-id.ts';
import { KeptEvents } from './kept-events.ts';
import { lostReply } from './lost-reply.ts';

export interface EventStreamOptions extends Omit<EventId, 'event'> {
  /** Id of the client's session. */
  readonly session: string;
  /** Protocol revision of the session. */
  readonly revision: string;
}

export interface EventStreamDeps {
  /** The bytes that are kept have changed by so many. */
  onBytes(change: number): void;
  /** Nobody may come back to it. */
  onDrop(): void;
  /** Unix milliseconds. */
  now(): number;
}

/** 60 s: a client that has not come back by then is taken for gone. */
export const RESUME_MS = 60_000;
const MAX_KEPT_BYTES: Readonly<Record<StreamKind, number>> = {
  session: 64 * 1024,
  reply: 1024 * 1024,
};
/** A server that tells its progress faster than the client reads it must not fill our memory. */
const MOST_UNREAD_BYTES = 1024 * 1024;
/** Clients come back after this; many try twice, and a restart of the gateway must fit in. */
const RETRY_MS = 3_000;

export class EventStream {
  readonly kind: StreamKind;
  readonly session: string;
  /** The connection takes bytes again, or is gone. */
  onDrain: () => void = () => {};
  readonly #requestId: Buffer | undefined;
  readonly #isPrimed: boolean;
  readonly #deps: EventStreamDeps;
  readonly #kept: KeptEvents;
  readonly #idAround: readonly [string, string];
  #connection: ServerResponse | undefined;
  /** Number of the last event. */
  #last = 0;
  #isInMessage = false;
  /** The message under way was too large to be kept. */
  #isTooLarge = false;
  /** Unix milliseconds: nothing more comes since then; nobody is connected since then. */
  #endedAt: number | undefined;
  #aloneSince: number | undefined;

  constructor(options: EventStreamOptions, deps: EventStreamDeps) {
    const { kind, session, requestId, revision } = options;
    this.kind = kind;
    this.session = session;
    this.#requestId = requestId;
    this.#isPrimed = revision === PRIMED_REVISION;
    this.#deps = deps;
    this.#kept = new KeptEvents(MAX_KEPT_BYTES[kind], (change) => deps.onBytes(change));
    this.#idAround = idAround(options);
  }

  /** Since when it is of use only to a client that comes back, in Unix milliseconds. */
  get idleSince(): number | undefined {
    return this.kind === 'reply' ? this.#endedAt : this.#aloneSince;
  }

  /**
   * Goes on over this connection, whose head has been sent. `after` is the number of the last event that
   * a client which comes back has got (MCP 2025-11-25, "Resumability and Redelivery").
   */
  connect(response: ServerResponse, after?: number): void {
    const former = this.#connection;
    this.#connection = response;
    this.#aloneSince = undefined;
    former?.end();
    response.on('drain', () => this.onDrain());
    response.on('close', () => this.#disconnected(response));
    if (after === undefined && this.#isPrimed) this.#write(this.#greeting());
    if (after !== undefined) this.#write(Buffer.concat([COMMENT, ...this.#kept.after(after)]));
    if (this.#endedAt !== undefined || this.#isTooLarge) response.end();
    // What waited for the former one to drain would wait for ever.
    if (former) this.onDrain();
  }

  /** A whole message that may be missed: false when its client has gone, or does not read. */
  tell(message: Buffer): boolean {
    const unread = this.#connection?.writableLength ?? 0;
    const isAlone = this.#aloneSince !== undefined;
    if (isAlone && !this.#mayComeBack()) return false;
    if (this.#isInMessage || unread > MOST_UNREAD_BYTES) return false;
    this.send(message);
    return true;
  }

  /** A whole message. */
  send(message: Buffer): void {
    this.#put(Buffer.concat([this.#nextHead(), message, EVENT_END]));
  }

  /** A part of a message that comes in pieces. False = wait for `onDrain`. */
  write(pieces: readonly Buffer[]): boolean {
    const bytes = Buffer.concat(this.#isInMessage ? pieces : [this.#nextHead(), ...pieces]);
    this.#isInMessage = true;
    return this.#put(bytes);
  }

  /** The message in pieces comes to no good end: what has gone out of it is void. */
  abandonMessage(): void {
    if (!this.#isInMessage) return;
    this.#write(VOID_END);
    this.#kept.withdraw(this.#last);
    this.#isInMessage = false;
    this.#isTooLarge = false;
  }

  /** Shows everybody on the way that the stream is alive. */
  comment(): void {
    if (!this.#isInMessage) this.#write(COMMENT);
  }

  /** Nothing more comes; a client that missed something may still come back. */
  end(): void {
    if (this.#isInMessage) this.#put(EVENT_END);
    this.#endedAt = this.#deps.now();
    this.#connection?.end();
  }

  /** Ends, and nobody may come back. */
  drop(): void {
    this.abandonMessage();
    this.end();
    this.#deps.onDrop();
  }

  forget(): void {
    this.#kept.forget();
  }

  #disconnected(response: ServerResponse): void {
    if (this.#connection !== response) return;
    this.#connection = undefined;
    this.#aloneSince = this.#deps.now();
    this.onDrain();
  }

  /** Whoever left before the first id of ours came can't say where to go on. */
  #mayComeBack(): boolean {
    const hasId = this.#isPrimed || this.#last > 0;
    return hasId && this.#deps.now() - (this.#aloneSince ?? 0) < RESUME_MS;
  }

  #greeting(): Buffer {
    return Buffer.from(`id: ${this.#id(0)}\nretry: ${RETRY_MS}\ndata: \n\n`);
  }

  #nextHead(): Buffer {
    this.#last += 1;
    return Buffer.from(`event: message\nid: ${this.#id(this.#last)}\ndata: `);
  }

  #id(number: number): string {
    const [start, end] = this.#idAround;
    return `${start}${eventNumber(number)}${end}`;
  }

  /** Keeps bytes of the last event and sends them. False = wait for `onDrain`. */
  #put(bytes: Buffer): boolean {
    if (!this.#isTooLarge && !this.#kept.add(this.#last, bytes)) this.#keepStandIn();
    return this.#write(bytes);
  }

  /** Its client may get the whole message all the same: only whoever comes back does not. */
  #keepStandIn(): void {
    if (!this.#isInMessage || !this.#requestId) return;
    this.#isTooLarge = true;
    const head = Buffer.from(`event: message\nid: ${this.#id(this.#last)}\ndata: `);
    this.#kept.add(this.#last, Buffer.concat([head, lostReply(this.#requestId), EVENT_END]));
  }

  #write(bytes: Buffer): boolean {
    const response = this.#connection;
    if (!response || response.destroyed || response.writableEnded) return true;
    return response.write(bytes);
  }
}
