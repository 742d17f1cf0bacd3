/** Writes the answer to one JSON-RPC request: plain JSON, or an event stream once a notification comes first. */
import type { Exchange } from './exchange.ts';
import { commonHeaders, header, sendJson } from './exchange.ts';

export interface ReplyWriter {
  /** A complete message ahead of the reply; dropped when the client takes no event streams. */
  notification(message: Buffer): void;
  /** Part of the reply. False = wait for `onDrain`. */
  chunk(bytes: Buffer): boolean;
  /** The reply is complete. */
  end(): void;
  /** Ends without a reply, for instance when the key was revoked. */
  abort(): void;
  /** Whether an event stream has been started. */
  readonly streaming: boolean;
  /** Bytes of the reply so far. */
  readonly bytes: number;
}

/** Smaller replies leave in one write with their length; larger ones flow as they come. */
const HELD_BYTES = 64 * 1024;
const EVENT_START = Buffer.from('event: message\ndata: ');
const EVENT_END = Buffer.from('\n\n');

export function createReplyWriter(exchange: Exchange, onDrain: () => void): ReplyWriter {
  const { response, request } = exchange;
  const takesEvents = (header(request, 'accept') ?? '').includes('text/event-stream');
  let held: Buffer[] = [];
  let mode: 'held' | 'json' | 'events' = 'held';
  let eventOpen = false;
  let bytes = 0;
  response.on('drain', onDrain);

  const start = (next: 'json' | 'events') => {
    mode = next;
    const type = next === 'json' ? 'application/json' : 'text/event-stream';
    response.writeHead(200, {
      ...commonHeaders(request),
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
  };
  /** A client that is gone drains at once: the upstream's reply is of no use to anybody. */
  const write = (piece: Buffer): boolean => response.destroyed || response.write(piece);
  const release = (): boolean => {
    const pieces = held;
    held = [];
    let flowing = true;
    for (const piece of pieces) flowing = write(piece);
    return flowing;
  };
  return {
    get streaming() {
      return mode === 'events';
    },
    get bytes() {
      return bytes;
    },
    notification(message) {
      if (!takesEvents || mode === 'json' || bytes > 0) return;
      if (mode === 'held') start('events');
      write(Buffer.concat([EVENT_START, message, EVENT_END]));
    },
    chunk(piece) {
      bytes += piece.length;
      if (mode === 'events' && !eventOpen) {
        eventOpen = true;
        write(EVENT_START);
      }
      if (mode !== 'held') return write(piece);
      held.push(piece);
      if (bytes <= HELD_BYTES) return true;
      start('json');
      return release();
    },
    end() {
      if (mode === 'held') sendJson(exchange, 200, Buffer.concat(held));
      else response.end(eventOpen ? EVENT_END : undefined);
    },
    abort: () => response.destroy(),
  };
}
