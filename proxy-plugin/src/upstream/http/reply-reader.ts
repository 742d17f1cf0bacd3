/** Finds the reply to one POST among the messages of its response, and streams it to the handler. */
import { BatchBuffer } from '../json/batch-buffer.ts';
import { JsonError } from '../json/json-scanner.ts';
import { MessageReader, withId } from '../json/message-reader.ts';
import { serverMessage } from '../json/server-message.ts';
import { isArray } from '../json/split-array.ts';
import { ReplyDelivery } from '../reply-delivery.ts';
import {
  MAX_REPLY_BYTES,
  MAX_SERVER_MESSAGE_BYTES,
  type TransportEvents,
  type TransportRequest,
} from '../transport.ts';
import type { ReplyHandler, UpstreamFailure } from '../upstream.ts';
import { brokenReply, replyTooLarge } from './http-failure.ts';

export interface ReplyReaderDeps {
  readonly serverName: string;
  readonly request: TransportRequest;
  readonly handler: ReplyHandler;
  readonly events: TransportEvents;
}

export interface ReplyReaderEvents {
  /** The handler takes bytes again after a pause. */
  onDrain(): void;
  /** The response can't be used; nothing more is read of it. */
  onFailure(failure: UpstreamFailure): void;
  /** Milliseconds since the request was sent. */
  elapsedMs(): number;
}

/** 64 KiB are held back: a reply up to that size reaches the client only if it is whole and well-formed. */
const HELD_BYTES = 64 * 1024;

export class ReplyReader {
  readonly #deps: ReplyReaderDeps;
  readonly #events: ReplyReaderEvents;
  readonly #delivery: ReplyDelivery;
  /** Set while a batch is read. */
  #batch: BatchBuffer | undefined;
  #reader = new MessageReader();
  #flowing = false;
  #sent = 0;
  #state: 'open' | 'complete' | 'failed' = 'open';

  constructor(deps: ReplyReaderDeps, events: ReplyReaderEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#delivery = new ReplyDelivery(deps.handler, () => events.onDrain());
  }

  /** The whole reply was read. */
  get complete(): boolean {
    return this.#state === 'complete';
  }

  resume(): void {
    this.#delivery.resume();
  }

  /** The stream will go on behind its last whole message. False when part of a later one was passed on. */
  restart(): boolean {
    if (this.#flowing || this.#state !== 'open') return false;
    this.#reader = new MessageReader();
    this.#batch = undefined;
    return true;
  }

  /** Bytes of the current message. False when the handler wants a pause. */
  push(chunk: Buffer): boolean {
    if (this.#state !== 'open') return true;
    if (!this.#batch && this.#reader.size === 0 && isArray(chunk)) this.#batch = new BatchBuffer();
    const batch = this.#batch;
    if (!batch) return this.#pushSingle(chunk);
    this.#attempt(() => batch.push(chunk));
    return true;
  }

  #pushSingle(chunk: Buffer): boolean {
    if (this.#state !== 'open') return true;
    this.#attempt(() => this.#reader.push(chunk));
    if (this.#state !== 'open') return true;
    const { size, isResponse } = this.#reader;
    if (size > (isResponse ? MAX_REPLY_BYTES : MAX_SERVER_MESSAGE_BYTES)) {
      this.#fail(replyTooLarge(this.#deps.serverName));
    } else if (isResponse && (this.#flowing || size > HELD_BYTES)) {
      this.#flowing = true;
      return this.#send(this.#reader.take());
    }
    return true;
  }

  /** The current message, or batch of messages, is complete. */
  endMessage(): void {
    const batch = this.#batch;
    if (!batch) {
      this.#endSingle();
      return;
    }
    this.#batch = undefined;
    for (const member of this.#attempt(() => batch.end()) ?? []) {
      this.#pushSingle(member);
      this.#endSingle();
    }
  }

  #endSingle(): void {
    if (this.#state !== 'open') return;
    const reader = this.#reader;
    const message = this.#attempt(() => reader.end());
    if (!message) return;
    const { kind, id } = message;
    if (kind === 'response') {
      this.#reply(id, message.isError);
    } else {
      const said = serverMessage(kind, id, reader.take(), this.#deps.request.id);
      this.#deps.events.message(said);
    }
    if (!this.complete) this.#reader = new MessageReader();
  }

  #reply(id: string, isError: boolean): void {
    if (id !== String(this.#deps.request.id)) {
      if (this.#flowing)
        this.#fail(brokenReply(this.#deps.serverName, "its id is not the request's"));
      else this.#deps.events.lateReply();
      return;
    }
    this.#state = 'complete';
    this.#send(this.#reader.take());
    this.#delivery.finish({ isError, bytes: this.#sent, upstreamMs: this.#events.elapsedMs() });
  }

  #send(pieces: Buffer[]): boolean {
    const reply = withId(pieces, this.#deps.request.clientId);
    for (const piece of reply) this.#sent += piece.length;
    return this.#delivery.push(reply);
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      this.#fail(brokenReply(this.#deps.serverName, error.message));
      return undefined;
    }
  }

  #fail(failure: UpstreamFailure): void {
    this.#state = 'failed';
    this.#events.onFailure(failure);
  }
}
