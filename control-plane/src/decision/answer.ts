/** A decision as NGINX understands it: a status of three, and headers. Never a body: NGINX would drop the connection. */
import type { KeyObject } from 'node:crypto';
import { type DecisionClaims, signDecision } from '@sluice/contract/decision';
import {
  CORS_ORIGIN_HEADER,
  DECISION_HEADER,
  ERROR_HEADER,
  PRINCIPAL_HEADER,
  RATE_LIMIT_HEADER,
  RATE_LIMIT_POLICY_HEADER,
  REASON_HEADER,
  STATUS_HEADER,
} from '@sluice/contract/headers';
import { problemBody, REASONS, type Reason, refusalBody } from '@sluice/contract/reasons';
import type { LimitOutcome } from '../limits/limits.ts';
import type { DecisionInput } from './decision-input.ts';

export interface Answer {
  /** Other statuses make NGINX answer 500: the real one of a refusal is in a header. */
  readonly status: 204 | 401 | 403;
  /** Names and values in turn; the answer's own, so that it can be written without a copy. */
  readonly headers: string[];
}

export function allowAnswer(
  key: KeyObject,
  claims: DecisionClaims,
  input: DecisionInput,
  limits: LimitOutcome,
): Answer {
  const { requestId, endpointPath: endpoint, route, httpMethod } = input;
  const signed = signDecision(key, claims, { requestId, endpoint, route, httpMethod });
  return {
    status: 204,
    headers: [
      DECISION_HEADER,
      signed,
      PRINCIPAL_HEADER,
      printable(claims.principal),
      ...(claims.refused ? [REASON_HEADER, claims.refused.reason] : []),
      ...limitHeaders(limits),
    ],
  };
}

export interface AnsweredRefusal {
  readonly reason: Reason;
  readonly message: string;
  /** Of the key that was presented, or ''. */
  readonly principal: string;
  /** Value for `Access-Control-Allow-Origin`, or ''. */
  readonly corsOrigin: string;
  readonly retryAfterSeconds?: number;
  readonly limits: LimitOutcome;
}

export function refuseAnswer(refusal: AnsweredRefusal, input: DecisionInput): Answer {
  const { reason, retryAfterSeconds } = refusal;
  const status = statusOf(reason, input);
  const headers = [
    'content-length',
    '0',
    STATUS_HEADER,
    String(status),
    ERROR_HEADER,
    errorBody(refusal, input, status),
    REASON_HEADER,
    reason,
    ...limitHeaders(refusal.limits),
  ];
  if (status === 401) headers.push('www-authenticate', challenge(reason, input.endpointPath));
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  if (refusal.principal !== '') headers.push(PRINCIPAL_HEADER, printable(refusal.principal));
  if (refusal.corsOrigin !== '') headers.push(CORS_ORIGIN_HEADER, printable(refusal.corsOrigin));
  return { status: status === 401 ? 401 : 403, headers };
}

/** In the form of the route. */
function errorBody(
  { reason, message, retryAfterSeconds }: AnsweredRefusal,
  { route, requestId }: DecisionInput,
  status: number,
): string {
  if (route === 'api') {
    return problemBody({ status, reason, detail: message, requestId, retryAfterSeconds });
  }
  const retry = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return refusalBody(reason, message, { requestId, ...retry }, status);
}

/** Status that the client gets. */
export function statusOf(reason: Reason, input: DecisionInput): number {
  const status = REASONS[reason];
  return status === 429 && opensSession(input) ? 503 : status;
}

/**
 * Whether a refusal passes NGINX to be told on the client's stream: there any other answer than a 202
 * makes classic clients of HTTP+SSE give up for good, without a word to their user.
 */
export function isToldOnStream(reason: Reason, { route, httpMethod }: DecisionInput): boolean {
  const isMessage = route === 'message' && httpMethod === 'POST';
  return isMessage && (reason === 'limit_exceeded' || reason === 'endpoint_not_granted');
}

/** From here on versions are modern: no sessions, and headers that are held to the body. */
const FIRST_MODERN_VERSION = '2026-07-28';

/**
 * A client that is still finding out what we are takes any 4xx for "legacy server" and never asks
 * again; a 503 with `Retry-After` it survives.
 */
function opensSession(input: DecisionInput): boolean {
  const { route, httpMethod, sessionId, protocolVersion, method } = input;
  if (httpMethod !== 'POST' || route === 'api') return false;
  if (method === 'server/discover') return true;
  return sessionId === '' && !(protocolVersion >= FIRST_MODERN_VERSION);
}

/** RFC 6750 §3: no error code when no credential was sent. */
function challenge(reason: Reason, endpointPath: string): string {
  const realm = `Bearer realm="${endpointPath}"`;
  return reason === 'missing_credential' ? realm : `${realm}, error="invalid_token"`;
}

function limitHeaders({ rateLimit, rateLimitPolicy }: LimitOutcome): readonly string[] {
  if (rateLimit === undefined || rateLimitPolicy === undefined) return [];
  return [RATE_LIMIT_HEADER, rateLimit, RATE_LIMIT_POLICY_HEADER, rateLimitPolicy];
}

/** Header values carry printable ASCII; other characters are percent-encoded. */
function printable(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value.toWellFormed());
}
