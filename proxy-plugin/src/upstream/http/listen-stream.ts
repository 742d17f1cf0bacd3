/** The stream of an HTTP upstream's session: what the server says outside of any call (GET, `text/event-stream`). */
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent } from 'undici';
import { BatchBuffer } from '../json/batch-buffer.ts';
import { JsonError } from '../json/json-scanner.ts';
import { MessageReader, withId } from '../json/message-reader.ts';
import { MAX_SERVER_MESSAGE_BYTES, type TransportEvents } from '../transport.ts';
import { EventStreamParser } from './event-stream.ts';
import { type Exchange, type ExchangeRequest, startExchange } from './exchange.ts';

export interface ListenStreamDeps {
  readonly agent: Agent;
  readonly events: TransportEvents;
  /** The GET as it stands now. */
  request(): ExchangeRequest;
}

export interface ListenStream {
  close(): void;
}

/** Servers end their streams as they like; one that does so at once is asked less and less often. */
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** Listens until it is closed, or the server says that it has no such stream. */
export function openListenStream(deps: ListenStreamDeps): ListenStream {
  let exchange: Exchange | undefined;
  let timer: NodeJS.Timeout | undefined;
  let delayMs = FIRST_DELAY_MS;
  let lastId: string | undefined;
  let isOver = false;

  const again = () => {
    if (isOver) return;
    timer = setTimeout(open, delayMs).unref();
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  };
  const open = () => {
    const request = deps.request();
    const resumed = lastId === undefined ? {} : { 'last-event-id': lastId };
    const headers = { ...request.headers, accept: 'text/event-stream', ...resumed };
    const parser = messageParser(deps.events, (id) => {
      lastId = id ?? lastId;
      delayMs = FIRST_DELAY_MS;
    });
    exchange = startExchange(
      deps.agent,
      { ...request, headers },
      {
        start(status, answered) {
          if (isEventStream(status, answered)) return;
          // 405 by the specification where there is none. After a 5xx there may be one later.
          if (status < 500) isOver = true;
          exchange?.abort();
          again();
        },
        data(chunk) {
          parser.push(chunk);
          return true;
        },
        end: again,
        error: again,
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

function isEventStream(status: number, headers: IncomingHttpHeaders): boolean {
  return status === 200 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}

/** Reads a message or a batch per event. An event that is neither costs itself only. */
function messageParser(
  events: TransportEvents,
  heard: (id: string | undefined) => void,
): EventStreamParser {
  const batch = new BatchBuffer();
  let reader = new MessageReader();
  let problem: string | undefined;
  const attempt = (read: () => void) => {
    if (problem !== undefined) return;
    try {
      read();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      problem = error.message;
    }
  };
  const push = (bytes: Buffer) => {
    reader.push(bytes);
    if (reader.size > MAX_SERVER_MESSAGE_BYTES) throw new JsonError('it is too long');
  };
  const messageEnded = () => {
    attempt(() => {
      const { kind, id } = reader.end();
      const pieces = reader.take();
      const bytes = Buffer.concat(withId(pieces, Buffer.from(id, 'latin1')));
      if (kind === 'response') events.lateReply();
      else events.message({ kind, id, bytes, pieces, call: undefined });
    });
    if (problem !== undefined) events.garbage(problem);
    reader = new MessageReader();
    problem = undefined;
  };
  return new EventStreamParser({
    data: (bytes) => attempt(() => batch.take(bytes, reader.size === 0) || push(bytes)),
    end(eventId) {
      let members: readonly Buffer[] | undefined;
      attempt(() => {
        members = batch.end();
      });
      if (!members) messageEnded();
      for (const member of members ?? []) {
        attempt(() => push(member));
        messageEnded();
      }
      heard(eventId);
    },
  });
}
