/** A response in pieces over HTTP: plain JSON, or an event stream once something must come before it. */
import type { LimitStanding, Reply, ReplyOptions } from '../mcp/exchange.ts';
import { HELD_BYTES } from '../streams/event-bytes.ts';
import type { EventStream } from '../streams/event-stream.ts';
import { type HttpClient, sendEmpty, sendJson, startFlow, takesEvents } from './send.ts';

export class HttpReply implements Reply {
  readonly status = 200;
  readonly #client: HttpClient;
  readonly #limits: LimitStanding;
  readonly #onDrain: () => void;
  readonly #openStream: () => EventStream;
  readonly #takesEvents: boolean;
  /** `held`: nothing has gone out. */
  #mode: 'held' | 'json' | 'events' = 'held';
  /** Set in the mode `events`: it goes on when this connection breaks. */
  #stream: EventStream | undefined;
  #held: Buffer[] = [];
  #bytes = 0;

  /** `openStream` makes the stream, if one is needed. */
  constructor(
    client: HttpClient,
    { limits, onDrain }: Pick<ReplyOptions, 'limits' | 'onDrain'>,
    openStream: () => EventStream,
  ) {
    this.#client = client;
    this.#limits = limits;
    this.#onDrain = onDrain;
    this.#openStream = openStream;
    this.#takesEvents = takesEvents(client.request);
    client.response.on('drain', onDrain);
    // A client that is gone will never drain, and a legacy one has not cancelled its call by going.
    client.response.on('close', onDrain);
  }

  get streaming(): boolean {
    return this.#stream !== undefined;
  }

  get bytes(): number {
    return this.#bytes;
  }

  notification(message: Buffer): boolean {
    return this.#bytes === 0 && (this.#events()?.tell(message) ?? false);
  }

  keepAlive(): void {
    if (this.#bytes === 0) this.#events()?.comment();
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
    if (this.#stream && this.#bytes <= HELD_BYTES) this.#stream.send(Buffer.concat(this.#held));
    else this.#release();
    if (this.#stream) this.#stream.end();
    else this.#client.response.end();
  }

  fail(response: Buffer): void {
    if (this.#mode === 'json') {
      this.#client.response.destroy();
      return;
    }
    this.#stream?.abandonMessage();
    this.#bytes = response.length;
    this.#held = [response];
    this.end();
  }

  cancel(): void {
    if (this.#stream) this.#stream.drop();
    else if (this.#mode === 'held') sendEmpty(this.#client, 202);
    else this.#client.response.destroy();
  }

  /** The stream; undefined when the client takes none, or left before there was one. */
  #events(): EventStream | undefined {
    const { response } = this.#client;
    if (this.#stream || this.#mode !== 'held' || !this.#takesEvents || response.destroyed) {
      return this.#stream;
    }
    this.#start('events');
    this.#stream = this.#openStream();
    this.#stream.onDrain = this.#onDrain;
    this.#stream.connect(response);
    return this.#stream;
  }

  #start(mode: 'json' | 'events'): void {
    this.#mode = mode;
    const type = mode === 'json' ? 'application/json' : 'text/event-stream';
    startFlow(this.#client, type, this.#limits);
  }

  /** Sends what is held. False = wait for the drain. */
  #release(): boolean {
    if (this.#mode === 'held') this.#start('json');
    const pieces = this.#held;
    this.#held = [];
    if (pieces.length === 0) return true;
    return this.#stream ? this.#stream.write(pieces) : this.#write(pieces);
  }

  /** In one piece: several writes are several system calls. What nobody will read is dropped. */
  #write(pieces: readonly Buffer[]): boolean {
    const { response } = this.#client;
    return response.destroyed || response.write(Buffer.concat(pieces));
  }
}
