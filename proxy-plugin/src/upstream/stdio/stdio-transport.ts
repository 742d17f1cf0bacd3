/** The stdio transport: one child process, one JSON-RPC message a line. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { type ReadMessage, withId } from '../json/message-reader.ts';
import { ReplyDelivery } from '../reply-delivery.ts';
import type { Scrub } from '../scrub.ts';
import {
  encodeRequest,
  MAX_REPLY_BYTES,
  MAX_SERVER_MESSAGE_BYTES,
  type Transport,
  type TransportCall,
  type TransportEvents,
  type TransportRequest,
} from '../transport.ts';
import type { ReplyHandler, UpstreamFailure } from '../upstream.ts';
import { createLineMessages } from './line-messages.ts';
import { endProcessTree, type ProcessTree } from './process-tree.ts';
import { tailStderr } from './stderr-tail.ts';
import { closed, crashed, garbled, tooLarge, unread, unreadByClients } from './stdio-failure.ts';

export interface StdioTransportDeps {
  readonly serverName: string;
  readonly child: ChildProcessWithoutNullStreams;
  readonly tree: ProcessTree;
  readonly scrub: Scrub;
  readonly events: TransportEvents;
  /** Milliseconds. */
  now(): number;
}

/** 16 MiB that a child does not read are enough to see that it does not read. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** 64 MiB of complete replies that the clients of one child do not read. */
const MAX_UNDELIVERED_BYTES = 64 * 1024 * 1024;
/** How long the output of an ended child may go on: a grandchild may hold it open. */
const OUTPUT_GRACE_MS = 500;

interface Waiting {
  readonly handler: ReplyHandler;
  readonly clientId: Buffer;
  readonly sentAt: number;
  /** Set once the reply is there. */
  delivery?: ReplyDelivery;
}

export class StdioTransport implements Transport {
  readonly pids: readonly number[];
  readonly scrub: Scrub;
  readonly stderr: () => readonly string[];
  readonly #deps: StdioTransportDeps;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #ending: Promise<void> | undefined;
  #wanted = false;
  /** Set once nothing more comes from the child. */
  #over: UpstreamFailure | undefined;

  constructor(deps: StdioTransportDeps) {
    const { child, tree } = deps;
    this.#deps = deps;
    this.pids = [tree.pid];
    this.scrub = deps.scrub;
    this.stderr = tailStderr(child.stderr, deps.scrub);
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    // A child that ends makes writes fail (EPIPE); its `exit` says so, once.
    child.stdin.on('error', () => {});
    child.stdout.on('error', () => {});
    child.stdout.on('data', this.#lines());
    child.once('exit', (code, signal) => this.#childExited(code, signal));
  }

  request(request: TransportRequest, handler: ReplyHandler): TransportCall {
    const { id, clientId } = request;
    this.#waiting.set(id, { handler, clientId, sentAt: this.#deps.now() });
    const failure = this.#write(encodeRequest(request));
    if (failure) {
      this.#waiting.delete(id);
      handler.fail(failure);
    }
    return {
      abort: () => void this.#waiting.delete(id),
      resume: () => this.#waiting.get(id)?.delivery?.resume(),
    };
  }

  async send(message: Buffer): Promise<void> {
    this.#write(message);
  }

  negotiated(): void {}

  listen(): void {}

  close(): Promise<void> {
    this.#wanted = true;
    this.#finish(closed(this.#deps.serverName));
    return this.#end();
  }

  /** Closes stdin, waits, then ends the whole tree. */
  #end(): Promise<void> {
    this.#deps.child.stdin.end();
    this.#ending ??= endProcessTree(this.#deps.tree, this.#exited);
    return this.#ending;
  }

  #childExited(code: number | null, signal: NodeJS.Signals | null): void {
    const finish = () => this.#finish(crashed(this.#deps.serverName, code, signal));
    const timer = setTimeout(finish, OUTPUT_GRACE_MS);
    this.#deps.child.once('close', () => {
      clearTimeout(timer);
      finish();
    });
    void this.#end();
  }

  /** Fails every call that has no reply yet, tells that the connection is gone, ends the tree. */
  #finish(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#over = failure;
    const unanswered = [...this.#waiting].filter(([, call]) => !call.delivery);
    for (const [id] of unanswered) this.#waiting.delete(id);
    for (const [, call] of unanswered) call.handler.fail(failure);
    if (!this.#wanted) this.#deps.events.gone(failure);
    void this.#end();
  }

  #write(message: Buffer): UpstreamFailure | undefined {
    const { stdin } = this.#deps.child;
    if (this.#over) return { ...this.#over, notRun: true };
    if (stdin.writableLength + message.length > MAX_UNREAD_BYTES) {
      return unread(this.#deps.serverName);
    }
    stdin.cork();
    stdin.write(onOneLine(message));
    stdin.write('\n');
    stdin.uncork();
    return undefined;
  }

  #lines(): (chunk: Buffer) => void {
    const { serverName, events } = this.#deps;
    return createLineMessages(MAX_REPLY_BYTES, {
      message: (message, pieces) => this.#received(message, pieces),
      garbage: (problem, id) => {
        events.garbage(problem);
        this.#fail(Number(id ?? Number.NaN), garbled(serverName, problem));
      },
      tooLong: () => this.#finish(tooLarge(serverName)),
    });
  }

  #received(message: ReadMessage, pieces: Buffer[]): void {
    if (this.#over) return;
    const { kind, id } = message;
    if (kind === 'response') {
      this.#reply(message, pieces);
      return;
    }
    const bytes = Buffer.concat(withId(pieces, Buffer.from(id, 'latin1')));
    if (bytes.length > MAX_SERVER_MESSAGE_BYTES) this.#deps.events.garbage('it is too long');
    else this.#deps.events.message({ kind, id, bytes, pieces, call: undefined });
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
      this.#fail(id, unreadByClients(this.#deps.serverName));
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

  #fail(id: number, failure: UpstreamFailure): void {
    const call = this.#waiting.get(id);
    if (!call || call.delivery) return;
    this.#waiting.delete(id);
    call.handler.fail(failure);
  }
}

/** `handler`, with `done` before its end. */
function ending(handler: ReplyHandler, done: () => void): ReplyHandler {
  return {
    notification: (message) => handler.notification(message),
    chunk: (bytes) => handler.chunk(bytes),
    end(summary) {
      done();
      handler.end(summary);
    },
    fail: (failure) => handler.fail(failure),
  };
}

/** A line break between tokens would end the message early; inside a string none can be. */
function onOneLine(message: Buffer): Buffer {
  if (!message.includes('\n') && !message.includes('\r')) return message;
  return Buffer.from(message.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}
