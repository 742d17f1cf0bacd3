import type { Agent } from 'undici';
import { FramedMessages } from '../json/framed-messages.ts';
import { serverMessage } from '../json/server-message.ts';
import { MAX_SERVER_MESSAGE_BYTES, type TransportEvents } from '../transport.ts';
import { EventStreamParser } from './event-stream-parser.ts';
import { type Exchange, type ExchangeRequest, startExchange } from './exchange.ts';
import { isPassing } from './http-failure.ts';
import { isEventStream } from './is-event-stream.ts';

export interface ListenStreamDeps {
  readonly agent: Agent;
  readonly events: TransportEvents;
  /** The GET as it stands now. */
  request(): ExchangeRequest;
  /** There was a stream, and now the server does not know it: its session is gone. */
  sessionLost(): void;
}

export interface ListenStream {
  close(): void;
}

/** 404 by the specification; several servers answer 400. */
const SESSION_LOST: ReadonlySet<number> = new Set([400, 404]);
/** Servers end their streams as they like; one that does so at once is asked less and less often. */
const FIRST_DELAY_MS = 1_000;
const SHORTEST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;

/** Listens until it is closed, or the server says that it has no such stream. */
export function openListenStream(deps: ListenStreamDeps): ListenStream {
  let exchange: Exchange | undefined;
  let timer: NodeJS.Timeout | undefined;
  let delayMs = FIRST_DELAY_MS;
  let lastId: string | undefined;
  let wasOpen = false;
  let isOver = false;

  const again = (wantedMs?: number) => {
    if (isOver) return;
    // MCP 2025-11-25, Streamable HTTP: the server's `retry` is to be kept. Not for a loop without news.
    const isWanted = wantedMs !== undefined && delayMs === FIRST_DELAY_MS;
    const waitMs = isWanted ? Math.max(wantedMs, SHORTEST_DELAY_MS) : delayMs;
    timer = setTimeout(open, Math.min(waitMs, LONGEST_DELAY_MS)).unref();
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  };
  const open = () => {
    const request = deps.request();
    const resumed = !lastId ? {} : { 'last-event-id': lastId };
    const headers = { ...request.headers, accept: 'text/event-stream', ...resumed };
    const parser = messageParser(deps.events, () => {
      delayMs = FIRST_DELAY_MS;
    });
    const ended = () => {
      lastId = parser.lastId ?? lastId;
      again(parser.retryMs);
    };
    exchange = startExchange(
      deps.agent,
      { ...request, headers },
      {
        start(status, answered) {
          if (isEventStream(status, answered)) {
            // Without ids a stream can't go on where it ended.
            if (wasOpen && !lastId) deps.events.mayHaveMissed();
            wasOpen = true;
            return;
          }
          // 405 by the specification where there is none.
          isOver = !isPassing(status);
          exchange?.abort();
          if (wasOpen && SESSION_LOST.has(status)) deps.sessionLost();
          again();
        },
        data(chunk) {
          parser.push(chunk);
          return true;
        },
        end: ended,
        error: ended,
      },
    );
  };
  open();
  return {
    close() {
      isOver = true;
      clearTimeout(timer);
      exchange?.abort();
    },
  };
}

/** Reads a message or a batch per event. An event that is neither costs itself only. */
function messageParser(events: TransportEvents, heard: () => void): EventStreamParser {
  const messages = new FramedMessages(MAX_SERVER_MESSAGE_BYTES, {
    message({ kind, id }, pieces) {
      if (kind === 'response') events.lateReply();
      else events.message(serverMessage(kind, id, pieces));
    },
    garbage: (problem) => events.garbage(problem),
  });
  return new EventStreamParser({
    data: (bytes) => void messages.push(bytes),
    end() {
      messages.end();
      heard();
    },
  });
}
