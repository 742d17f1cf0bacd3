/** An event stream that several responses share: whole messages, and one response in pieces at a time, never two mixed. */
import type { ServerResponse } from 'node:http';
import { COMMENT, EVENT_END, VOID_END } from '../../streams/event-bytes.ts';

export interface SseStream {
  /** False once its client has gone or it was closed. */
  readonly open: boolean;
  /** One complete event; waits while a response in pieces is on its way. `id` becomes `Last-Event-ID`. */
  send(event: string, data: Buffer, id?: string): void;
  /** Calls `onTurn` with the stream to itself, at once or when it is free. */
  take(onTurn: (turn: Turn) => void): void;
  /** Shows everybody on the way that the stream is alive. */
  keepAlive(): void;
  close(): void;
  /** As `close`; a client that comes back by itself does so no sooner than in `retryMs`. */
  closeFor(retryMs: number): void;
}

/** One `message` event that comes in pieces; `end` (after a piece) or `abandon` last. */
export interface Turn {
  /** False = wait for `onDrain`. */
  write(pieces: readonly Buffer[]): boolean;
  end(): void;
  /** What has gone out of it is void. */
  abandon(): void;
  onDrain: () => void;
}

/** What a client may leave unread; more, and it surely does not read at all. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
const MESSAGE_START = Buffer.from('event: message\ndata: ');

/** `response` has its head out already. */
export function createSseStream(response: ServerResponse): SseStream {
  let turn: Turn | undefined;
  let waiting: (() => void)[] = [];
  let waitingBytes = 0;

  const whenFree = (run: () => void) => {
    if (turn) waiting.push(run);
    else run();
  };
  const free = () => {
    turn = undefined;
    while (!turn) {
      const next = waiting.shift();
      if (!next) return;
      next();
    }
  };
  const write = writerTo(response);
  response.on('drain', () => turn?.onDrain());
  // A client that is gone will never drain: let everybody who waits come to an end.
  response.on('close', () => {
    const ended = waiting;
    waiting = [];
    turn?.onDrain();
    for (const run of ended) run();
  });
  return {
    get open() {
      return !response.destroyed && !response.writableEnded;
    },
    send(event, data, id) {
      const head = `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: `;
      waitingBytes += data.length;
      whenFree(() => {
        waitingBytes -= data.length;
        write([Buffer.from(head), data, EVENT_END]);
      });
      if (response.writableLength + waitingBytes > MAX_UNREAD_BYTES) response.destroy();
    },
    take(onTurn) {
      whenFree(() => {
        turn = openTurn(write, free);
        onTurn(turn);
      });
    },
    keepAlive() {
      if (!turn) write([COMMENT]);
    },
    close: () => void response.end(),
    closeFor(retryMs) {
      write([turn ? VOID_END : Buffer.alloc(0), Buffer.from(`retry: ${retryMs}\n\n`)]);
      response.end();
    },
  };
}

type Write = (pieces: readonly Buffer[]) => boolean;

/** In one piece: several writes are several system calls. What nobody will read is dropped. */
function writerTo(response: ServerResponse): Write {
  return (pieces) => {
    if (response.destroyed || response.writableEnded) return true;
    return response.write(Buffer.concat(pieces));
  };
}

function openTurn(write: Write, free: () => void): Turn {
  let started = false;
  return {
    write(pieces) {
      const all = started ? pieces : [MESSAGE_START, ...pieces];
      started = true;
      return write(all);
    },
    end() {
      write([EVENT_END]);
      free();
    },
    abandon() {
      if (started) write([VOID_END]);
      free();
    },
    onDrain() {},
  };
}
