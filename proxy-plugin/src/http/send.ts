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

/** Whose request it was, how its limits stand, and what browsers need. `limits` beat the decision's. */
export function commonHeaders(request: IncomingMessage, limits: LimitStanding = {}): Headers {
  const rateLimit = limits.rateLimit ?? header(request, RATE_LIMIT_HEADER);
  const policy = limits.rateLimitPolicy ?? header(request, RATE_LIMIT_POLICY_HEADER);
  return {
    'X-Request-Id': header(request, REQUEST_ID_HEADER) ?? '',
    ...(rateLimit !== undefined && { RateLimit: rateLimit }),
    ...(policy !== undefined && { 'RateLimit-Policy': policy }),
    ...corsHeaders(header(request, 'origin')),
  };
}

/** The pieces of a body leave in one system call, and are not copied. */
export function sendJson(
  { request, response }: HttpClient,
  status: number,
  body: Buffer | readonly Buffer[],
  headers: Headers = {},
  limits: LimitStanding = {},
): void {
  const pieces = Buffer.isBuffer(body) ? [body] : body;
  response.writeHead(status, {
    ...commonHeaders(request, limits),
    'Content-Type': 'application/json',
    'Content-Length': pieces.reduce((length, piece) => length + piece.length, 0),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}

export function sendEmpty(
  { request, response }: HttpClient,
  status: number,
  headers: Headers = {},
): void {
  const length = status === 204 ? {} : { 'Content-Length': 0 };
  response.writeHead(status, { ...commonHeaders(request), ...length, ...headers });
  response.end();
}

/** Refuses with a JSON-RPC error without `id` that says what to do. */
export function sendRefusal(client: HttpClient, refusal: Refusal, headers: Headers = {}): void {
  const { reason, message, retryAfterSeconds, limits } = refusal;
  const status = refusal.status ?? REASONS[reason];
  const body = Buffer.from(refusalBody(reason, message, {}, status));
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': retryAfterSeconds };
  sendJson(client, status, body, { ...retryAfter, ...headers }, limits);
}
