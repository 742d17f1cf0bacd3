/** The stream of an HTTP+SSE session (MCP 2024-11-05): where to send messages, then all that the server says. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent } from 'undici';
import { EventStreamParser } from '../http/event-stream-parser.ts';
import { type Exchange, startExchange } from '../http/exchange.ts';
import {
  connectionFailure,
  foreignEndpoint,
  noEventStream,
  redirected,
  replyTooLarge,
  statusFailure,
  streamLost,
} from '../http/http-failure.ts';
import { isEventStream } from '../http/is-event-stream.ts';
import { redirectTarget } from '../http/redirect.ts';
import { type FramedMessageEvents, FramedMessages } from '../json/framed-messages.ts';
import { MAX_REPLY_BYTES } from '../transport.ts';
import type { UpstreamFailure } from '../upstream.ts';

export interface SseStreamEvents extends FramedMessageEvents {
  /** Path and query that messages go to, at the origin of the stream. */
  endpoint(path: string): void;
  /** It has ended by itself or can't be used. Comes at most once, last. */
  lost(failure: UpstreamFailure): void;
}

export interface SseStreamDeps {
  readonly serverName: string;
  readonly agent: Agent;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: SseStreamEvents;
}

/** Within the origin; any other redirect would carry credentials elsewhere. */
const MAX_REDIRECTS = 2;
const REDIRECTS = new Set([301, 302, 307, 308]);

/** Gives the function that closes it; no event comes after that. */
export function openSseStream({ serverName, agent, events, ...deps }: SseStreamDeps): () => void {
  const headers = { ...deps.headers, accept: 'text/event-stream' };
  let { url } = deps;
  let redirects = 0;
  let exchange: Exchange | undefined;
  let isOver = false;

  function lose(failure: UpstreamFailure): void {
    if (isOver) return;
    isOver = true;
    exchange?.abort();
    events.lost(failure);
  }

  function opened(status: number, answered: IncomingHttpHeaders): void {
    if (isEventStream(status, answered)) return;
    const target = REDIRECTS.has(status) ? redirectTarget(answered, url) : undefined;
    if (!target) lose(refusal(serverName, status, answered));
    else if (target.origin !== url.origin) lose(redirected(serverName, status, target.origin));
    else if (redirects === MAX_REDIRECTS) lose(noEventStream(serverName, 'too many redirects'));
    else {
      redirects += 1;
      exchange?.abort();
      url = target;
      open();
    }
  }

  function endpoint(text: string): void {
    const target = URL.parse(text, url.href);
    if (target?.origin === url.origin) events.endpoint(`${target.pathname}${target.search}`);
    else lose(foreignEndpoint(serverName, target?.origin ?? 'no URL'));
  }

  function open(): void {
    const tooLong = () => lose(replyTooLarge(serverName));
    const parser = streamParser(events, endpoint, tooLong);
    const path = `${url.pathname}${url.search}`;
    const request = { origin: url.origin, path, method: 'GET', headers, body: null } as const;
    exchange = startExchange(agent, request, {
      start: opened,
      data(chunk) {
        parser.push(chunk);
        return true;
      },
      end: () => lose(streamLost(serverName)),
      error: (error, sent) => lose(connectionFailure(serverName, error, sent)),
    });
  }

  open();
  return () => {
    isOver = true;
    exchange?.abort();
  };
}

function streamParser(
  events: FramedMessageEvents,
  endpoint: (text: string) => void,
  tooLong: () => void,
): EventStreamParser {
  const messages = new FramedMessages(MAX_REPLY_BYTES, events);
  return new EventStreamParser({
    data(bytes) {
      messages.push(bytes);
      if (messages.isTooLong) tooLong();
    },
    end: () => messages.end(),
    named(type, data) {
      if (type === 'endpoint') endpoint(data);
    },
  });
}

function refusal(server: string, status: number, headers: IncomingHttpHeaders): UpstreamFailure {
  if (status === 401 || status === 403 || status === 429 || status >= 500) {
    return statusFailure(server, status);
  }
  const type = headers['content-type'] ?? 'no content type';
  return noEventStream(server, `HTTP ${status}, ${type.slice(0, 100)}`);
}
