/** Writes whole HTTP answers, with the headers that every answer carries. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  RATE_LIMIT_HEADER,
  RATE_LIMIT_POLICY_HEADER,
  REQUEST_ID_HEADER,
} from '@sluice/contract/headers';
import { REASONS, refusalBody } from '@sluice/contract/reasons';
import type { LimitStanding, Refusal } from '../mcp/exchange.ts';
import { corsHeaders } from './cors.ts';
import { loggedHeaders } from './logged-message.ts';

export interface HttpClient {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Headers = Readonly<Record<string, string | number>>;

/** A request header with one value. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Starts an answer: `own` headers, and with them whose request it was, how its limits stand, and what
 * browsers need. `limits` beat the decision's.
 */
export function startAnswer(
  { request, response }: HttpClient,
  status: number,
  own: Headers,
  limits: LimitStanding = {},
): void {
  const headers = loggedHeaders(response);
  headers.push('X-Request-Id', header(request, REQUEST_ID_HEADER) ?? '');
  const rateLimit = limits.rateLimit ?? header(request, RATE_LIMIT_HEADER);
  if (rateLimit !== undefined) headers.push('RateLimit', rateLimit);
  const policy = limits.rateLimitPolicy ?? header(request, RATE_LIMIT_POLICY_HEADER);
  if (policy !== undefined) headers.push('RateLimit-Policy', policy);
  add(headers, corsHeaders(header(request, 'origin')));
  add(headers, own);
  response.sendDate = false; // NGINX writes its own.
  response.writeHead(status, headers);
}

/** Names and values in turn: node:http writes them as they are, and a name twice if it is there twice. */
function add(headers: string[], more: Headers): void {
  for (const name in more) headers.push(name, String(more[name]));
}

/** The pieces of a body leave in one system call, and are not copied. */
export function sendJson(
  client: HttpClient,
  status: number,
  body: Buffer | readonly Buffer[],
  headers: Headers = {},
  limits: LimitStanding = {},
): void {
  const pieces = Buffer.isBuffer(body) ? [body] : body;
  const own = {
    'Content-Type': 'application/json',
    'Content-Length': pieces.reduce((length, piece) => length + piece.length, 0),
    'Cache-Control': 'no-store',
    ...headers,
  };
  startAnswer(client, status, own, limits);
  const { response } = client;
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}

export function sendEmpty(client: HttpClient, status: number, headers: Headers = {}): void {
  const length = status === 204 ? {} : { 'Content-Length': 0 };
  startAnswer(client, status, { ...length, ...headers });
  client.response.end();
}

/** Refuses with a JSON-RPC error without `id` that says what to do. */
export function sendRefusal(client: HttpClient, refusal: Refusal, headers: Headers = {}): void {
  const { reason, message, retryAfterSeconds, limits } = refusal;
  const status = refusal.status ?? REASONS[reason];
  const body = Buffer.from(refusalBody(reason, message, {}, status));
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': retryAfterSeconds };
  sendJson(client, status, body, { ...retryAfter, ...headers }, limits);
}
