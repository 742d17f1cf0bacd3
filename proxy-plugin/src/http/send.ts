/** Writes whole HTTP answers, with the headers that every answer carries. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  RATE_LIMIT_HEADER,
  RATE_LIMIT_POLICY_HEADER,
  REQUEST_ID_HEADER,
  ROUTE_HEADER,
} from '@sluice/contract/headers';
import {
  PROBLEM_TYPE,
  type ProblemDetails,
  problemBody,
  REASONS,
  refusalBody,
} from '@sluice/contract/reasons';
import type { LimitStanding, Refusal } from '../mcp/exchange.ts';
import type { ClientMessage } from '../message/client-message.ts';
import { corsHeaders } from './cors.ts';
import { loggedHeaders } from './logged-message.ts';

export interface HttpClient {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the answer will be to, once its body is read. */
  message?: ClientMessage;
}

type Headers = Readonly<Record<string, string | number>>;

/** A request header with one value. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Whether the client takes an event stream. MCP has it name the type (2025-03-26, "Sending Messages to the
 * Server"); programs that take anything may know of JSON only.
 */
export function takesEvents(request: IncomingMessage): boolean {
  return /text\/event-stream/i.test(header(request, 'accept') ?? '');
}

/**
 * Starts an answer: `own` headers, and with them whose request it was, how its limits stand, and what
 * browsers need. `limits` beat the decision's.
 */
export function startAnswer(
  { request, response, message }: HttpClient,
  status: number,
  own: Headers,
  limits: LimitStanding = {},
): void {
  const headers = loggedHeaders(message);
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

/** Starts an answer whose body comes in pieces, which nobody on the way holds back. */
export function startFlow(client: HttpClient, type: string, limits?: LimitStanding): void {
  const own = { 'Content-Type': type, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };
  startAnswer(client, 200, own, limits);
}

/** Names and values in turn: node:http writes them as they are, and a name twice if it is there twice. */
function add(headers: string[], more: Headers): void {
  for (const name in more) headers.push(name, String(more[name]));
}

/** The pieces of a body leave in one system call, and are not copied. Returns the number of their bytes. */
export function sendJson(
  client: HttpClient,
  status: number,
  body: Buffer | readonly Buffer[],
  headers: Headers = {},
  limits: LimitStanding = {},
): number {
  const pieces = Buffer.isBuffer(body) ? [body] : body;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const own = {
    'Content-Type': 'application/json',
    'Content-Length': length,
    'Cache-Control': 'no-store',
    ...headers,
  };
  startAnswer(client, status, own, limits);
  const { response } = client;
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
  return length;
}

export function sendEmpty(client: HttpClient, status: number, headers: Headers = {}): void {
  const length = status === 204 ? {} : { 'Content-Length': 0 };
  startAnswer(client, status, { ...length, ...headers });
  client.response.end();
}

/** Refuses in the form of the route, and says what to do: a JSON-RPC error without `id`, on REST a problem. */
export function sendRefusal(client: HttpClient, refusal: Refusal, headers: Headers = {}): void {
  const { reason, message, retryAfterSeconds, limits } = refusal;
  const status = refusal.status ?? REASONS[reason];
  if (header(client.request, ROUTE_HEADER) === 'api') {
    sendProblem(client, { status, reason, detail: message, retryAfterSeconds, limits }, headers);
    return;
  }
  const body = Buffer.from(refusalBody(reason, message, {}, status));
  sendJson(client, status, body, { ...retryAfter(retryAfterSeconds), ...headers }, limits);
}

export interface SentProblem extends Omit<ProblemDetails, 'requestId'> {
  readonly limits?: LimitStanding | undefined;
  /** A further member and its JSON bytes. */
  readonly extra?: { readonly name: string; readonly value: Buffer };
}

/** Answers with problem details (RFC 9457); returns the number of bytes. */
export function sendProblem(
  client: HttpClient,
  { limits, extra, ...details }: SentProblem,
  headers: Headers = {},
): number {
  const requestId = header(client.request, REQUEST_ID_HEADER) ?? '';
  const text = problemBody({ ...details, requestId });
  const pieces = extra
    ? [Buffer.from(`${text.slice(0, -1)},"${extra.name}":`), extra.value, Buffer.from('}')]
    : [Buffer.from(text)];
  const own = { 'Content-Type': PROBLEM_TYPE, ...retryAfter(details.retryAfterSeconds) };
  return sendJson(client, details.status, pieces, { ...own, ...headers }, limits);
}

function retryAfter(seconds: number | undefined): Headers {
  return seconds === undefined ? {} : { 'Retry-After': seconds };
}
