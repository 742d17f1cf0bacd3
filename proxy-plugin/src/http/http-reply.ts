/** A response in pieces over HTTP: plain JSON, or an event stream once something must come before it. */
import type { LimitStanding, Reply, ReplyOptions } from '../mcp/exchange.ts';
import { type HttpClient, header, sendEmpty, sendJson, startAnswer } from './send.ts';

/** Smaller responses leave in one write with their length; larger ones flow as they come. */
const HELD_BYTES = 64 * 1024;
const EVENT_START = Buffer.from('event: message\ndata: ');
const EVENT_END = Buffer.from('\n\n');
const COMMENT = Buffer.from(':\n\n');
/** A server that tells its progress faster than the client reads it must not fill our memory. */
const MOST_UNREAD_BYTES = 1024 * 1024;

export class HttpReply implements Reply {
  readonly status = 200;
  readonly #client: HttpClient;
  readonly #limits: LimitStanding;
  readonly #takesEvents: boolean;
  /** `held`: nothing has gone out. `event`: the response's own event is open on the stream. */
  #mode: 'held' | 'json' | 'events' | 'event' = 'held';
  #held: Buffer[] = [];
  #bytes = 0;

  constructor(client: HttpClient, { limits, onDrain }: ReplyOptions) {
    this.#client = client;
    this.#limits = limits;
    this.#takesEvents = (header(client.request, 'accept') ?? '').includes('text/event-stream');
    client.response.on('drain', onDrain);
    // A client that is gone will never drain, and a legacy one has not cancelled its call by going.
    client.response.on('close', onDrain);
  }

  get streaming(): boolean {
    return this.#mode === 'events' || this.#mode === 'event';
  }

  get bytes(): number {
    return this.#bytes;
  }

  notification(message: Buffer): boolean {
    const { response } = this.#client;
    if (!this.#takesEvents || this.#bytes > 0 || response.destroyed) return false;
    if (response.writableLength > MOST_UNREAD_BYTES) return false;
    if (this.#mode === 'held') this.#start('events');
    this.#write([EVENT_START, message, EVENT_END]);
    return true;
  }

  keepAlive(): void {
    if (this.#mode === 'held' && this.#takesEvents && this.#bytes === 0) this.#start('events');
    if (this.#mode === 'events') this.#write([COMMENT]);
  }

  chunk(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    this.#held.push(bytes);
    return this.#bytes <= HELD_BYTES || this.#release();
  }

  end(): void {
    if (this.#mode === 'held') {
      sendJson(this.#client, 200, this.#held, {}, this.#limits);
      return;
    }
    this.#release();
    this.#client.response.end(this.streaming ? EVENT_END : undefined);
  }

  fail(response: Buffer): void {
    if (this.#mode === 'json' || this.#mode === 'event') {
      this.#client.response.destroy();
      return;
    }
    this.#bytes = response.length;
    this.#held = [response];
    this.end();
  }

  cancel(): void {
    if (this.#mode === 'held') sendEmpty(this.#client, 202);
    else if (this.#mode === 'events') this.#client.response.end();
    else this.#client.response.destroy();
  }

  #start(mode: 'json' | 'events'): void {
    this.#mode = mode;
    const own = {
      'Content-Type': mode === 'json' ? 'application/json' : 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    };
    startAnswer(this.#client, 200, own, this.#limits);
  }

  /** Sends what is held. False = wait for the drain. */
  #release(): boolean {
    if (this.#mode === 'held') this.#start('json');
    if (this.#mode === 'events') {
      this.#mode = 'event';
      this.#held.unshift(EVENT_START);
    }
    const pieces = this.#held;
    this.#held = [];
    return this.#write(pieces);
  }

  /** In one piece: several writes are several system calls. What nobody will read is dropped. */
  #write(pieces: readonly Buffer[]): boolean {
    const { response } = this.#client;
    const [first, ...others] = pieces;
    if (response.destroyed || !first) return true;
    return response.write(others.length === 0 ? first : Buffer.concat(pieces));
  }
}
