/** The stdio transport: one child process, one JSON-RPC message a line. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Scrub } from '../scrub.ts';
import {
  encodeRequest,
  MAX_REPLY_BYTES,
  type Transport,
  type TransportCall,
  type TransportEvents,
  type TransportRequest,
} from '../transport.ts';
import type { ReplyHandler, UpstreamFailure } from '../upstream.ts';
import { WaitingCalls } from '../waiting-calls.ts';
import { createLineMessages } from './line-messages.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { endProcessTree, type ProcessTree, signalTree } from './process-tree.ts';
import { tailStderr } from './stderr-tail.ts';
import { closed, crashed, garbled, overgrown, tooLarge, unread } from './stdio-failure.ts';

export interface StdioTransportDeps {
  readonly serverName: string;
  readonly child: ChildProcessWithoutNullStreams;
  readonly tree: ProcessTree;
  readonly scrub: Scrub;
  readonly events: TransportEvents;
  /** Milliseconds. */
  now(): number;
  /** Bytes that the tree may use; undefined = no limit. */
  readonly memoryLimitBytes: number | undefined;
  readonly memoryWatch: MemoryWatch;
  /** For the operator's log. */
  warn(message: string): void;
}

/** 16 MiB that a child does not read are enough to see that it does not read. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** How long the output of an ended child may go on: a grandchild may hold it open. */
const OUTPUT_GRACE_MS = 500;

export class StdioTransport implements Transport {
  readonly pids: readonly number[];
  readonly scrub: Scrub;
  readonly stderr: () => readonly string[];
  readonly #deps: StdioTransportDeps;
  readonly #waiting: WaitingCalls;
  readonly #exited: Promise<void>;
  #ending: Promise<void> | undefined;
  readonly #unwatch: (() => void) | undefined;
  #wanted = false;
  /** Set once nothing more comes from the child. */
  #over: UpstreamFailure | undefined;

  constructor(deps: StdioTransportDeps) {
    const { child, tree } = deps;
    this.#deps = deps;
    this.#waiting = new WaitingCalls(deps);
    this.pids = [tree.pid];
    this.scrub = deps.scrub;
    this.stderr = tailStderr(child.stderr, deps.scrub);
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    // A child that ends makes writes fail (EPIPE); its `exit` says so, once.
    child.stdin.on('error', () => {});
    child.stdout.on('error', () => {});
    child.stdout.on('data', this.#lines());
    child.once('exit', (code, signal) => this.#childExited(code, signal));
    this.#unwatch = this.#watchMemory();
  }

  request(request: TransportRequest, handler: ReplyHandler): TransportCall {
    const call = this.#waiting.add(request, handler);
    const failure = this.#write(encodeRequest(request));
    if (failure) this.#waiting.fail(request.id, failure);
    return call;
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

  #watchMemory(): (() => void) | undefined {
    const { memoryLimitBytes, memoryWatch, serverName, tree, warn } = this.#deps;
    if (memoryLimitBytes === undefined) return undefined;
    return memoryWatch.watch(tree, memoryLimitBytes, (bytes) => {
      const failure = overgrown(serverName, bytes, memoryLimitBytes);
      warn(failure.message);
      // It may take more at any moment, so it gets no time to end by itself.
      void signalTree(tree, 'SIGKILL');
      this.#finish(failure);
    });
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
    this.#unwatch?.();
    this.#waiting.failAll(failure);
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
      message: (message, pieces) => {
        if (!this.#over) this.#waiting.received(message, pieces);
      },
      garbage: (problem, id) => {
        events.garbage(problem);
        this.#waiting.fail(Number(id ?? Number.NaN), garbled(serverName, problem));
      },
      tooLong: () => this.#finish(tooLarge(serverName)),
    });
  }
}

/** A line break between tokens would end the message early; inside a string none can be. */
function onOneLine(message: Buffer): Buffer {
  if (!message.includes('\n') && !message.includes('\r')) return message;
  return Buffer.from(message.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}
