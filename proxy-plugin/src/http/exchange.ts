/** One HTTP request and how it is answered; what is to be done with it is decided elsewhere. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DecisionClaims } from '@sluice/contract/decision';
import {
  CLIENT_IP_HEADER,
  RATE_LIMIT_HEADER,
  RATE_LIMIT_POLICY_HEADER,
  REQUEST_ID_HEADER,
} from '@sluice/contract/headers';
import { REASONS, type Reason, refusalBody } from '@sluice/contract/reasons';
import { corsHeaders } from './cors.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly claims: DecisionClaims;
  /** Path of the endpoint, as NGINX matched it. */
  readonly endpoint: string;
  readonly requestId: string;
  readonly clientIp: string;
  /** Unix milliseconds. */
  readonly arrivedAt: number;
}

type Headers = Readonly<Record<string, string>>;

export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  claims: DecisionClaims,
  endpoint: string,
  arrivedAt: number,
): Exchange {
  return {
    request,
    response,
    claims,
    endpoint,
    requestId: header(request, REQUEST_ID_HEADER) ?? '',
    clientIp: header(request, CLIENT_IP_HEADER) ?? '',
    arrivedAt,
  };
}

/** A request header with one value. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Headers of every answer: whose request it was, how its limits stand, and what browsers need. */
export function commonHeaders(request: IncomingMessage): Record<string, string> {
  const limit = header(request, RATE_LIMIT_HEADER);
  const policy = header(request, RATE_LIMIT_POLICY_HEADER);
  return {
    'X-Request-Id': header(request, REQUEST_ID_HEADER) ?? '',
    ...(limit && { RateLimit: limit }),
    ...(policy && { 'RateLimit-Policy': policy }),
    ...corsHeaders(header(request, 'origin')),
  };
}

/** Answers with a complete JSON body. */
export function sendJson(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  status: number,
  body: Buffer | string,
  headers: Headers = {},
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...commonHeaders(request),
    'Content-Type': 'application/json',
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** Answers without a body. */
export function sendEmpty(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  status: number,
  headers: Headers = {},
): void {
  response.writeHead(status, { ...commonHeaders(request), 'Content-Length': 0, ...headers });
  response.end();
}

/** Refuses with the reason's status and a JSON-RPC error that says what to do. */
export function sendRefusal(
  exchange: Pick<Exchange, 'request' | 'response'>,
  reason: Reason,
  message: string,
  options: {
    readonly status?: number;
    readonly headers?: Headers;
    readonly data?: Record<string, unknown>;
  } = {},
): void {
  const status = options.status ?? REASONS[reason];
  sendJson(exchange, status, refusalBody(reason, message, options.data, status), options.headers);
}
