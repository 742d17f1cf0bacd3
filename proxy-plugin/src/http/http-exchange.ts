/** One request of a client that speaks Streamable HTTP, and how it is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecisionClaims } from '@sluice/contract/decision';
import { CLIENT_IP_HEADER, REQUEST_ID_HEADER, SESSION_HEADER } from '@sluice/contract/headers';
import type { Exchange } from '../mcp/exchange.ts';
import { rejectBy } from '../mcp/reject-by.ts';
import type { Session } from '../session/session-seal.ts';
import type { EventStream } from '../streams/event-stream.ts';
import type { ResumableStreams } from '../streams/resumable-streams.ts';
import { HttpReply } from './http-reply.ts';
import { type HttpClient, header, sendEmpty, sendJson, sendRefusal } from './send.ts';

export interface HttpExchange extends Exchange, HttpClient {
  /** Set once it is known; only what happens within a session can be answered in pieces. */
  session: Session | undefined;
}

/** `arrivedAt` in Unix milliseconds. */
export function createHttpExchange(
  request: IncomingMessage,
  response: ServerResponse,
  claims: DecisionClaims,
  endpoint: string,
  arrivedAt: number,
  resumable: ResumableStreams,
): HttpExchange {
  const exchange: HttpExchange = {
    session: undefined,
    request,
    response,
    claims,
    endpoint,
    arrivedAt,
    requestId: header(request, REQUEST_ID_HEADER) ?? '',
    clientIp: header(request, CLIENT_IP_HEADER) ?? '',
    header: (name) => header(request, name),
    respond(response, opened) {
      const headers = opened ? { [SESSION_HEADER]: opened.sealedId } : {};
      sendJson(exchange, 200, response, headers);
    },
    reject: rejectBy((response) => sendJson(exchange, 200, response)),
    accept: () => sendEmpty(exchange, 202),
    refuse: (refusal) => sendRefusal(exchange, refusal),
    openReply: (options) =>
      new HttpReply(exchange, options, () => openReplyStream(resumable, exchange, options.id)),
  };
  return exchange;
}

function openReplyStream(
  resumable: ResumableStreams,
  { session }: HttpExchange,
  requestId: Buffer,
): EventStream {
  if (!session) throw new Error('unreachable: a reply in pieces outside of a session');
  const { id, revision } = session;
  return resumable.open({ kind: 'reply', session: id, revision, requestId });
}
