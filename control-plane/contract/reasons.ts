/** Every reason to refuse a request, with its HTTP status. Stable: clients and records name them. */
import { STATUS_CODES } from 'node:http';

export const REASONS = {
  missing_credential: 401,
  invalid_credential: 401,
  expired_credential: 401,
  revoked_credential: 401,
  conflicting_credentials: 400,
  query_credential_refused: 400,
  too_many_failures: 429,
  origin_not_allowed: 403,
  endpoint_not_found: 404,
  endpoint_disabled: 404,
  transport_not_offered: 404,
  endpoint_not_granted: 403,
  tool_not_found: 404,
  not_granted: 403,
  read_only: 403,
  limit_exceeded: 429,
  unavailable: 503,
  decision_invalid: 403,
  session_not_found: 404,
  bad_request: 400,
  body_too_large: 413,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  not_acceptable: 406,
} as const;

export type Reason = keyof typeof REASONS;

/**
 * A refusal as clients get it on MCP routes: a JSON-RPC error without `id`, ASCII only (it rides in a
 * header). Its code is the HTTP status, outside -32768…-32000, which the protocol reserves. `status` differs from the reason's own where a limit must answer 503 instead of 429.
 */
export function refusalBody(
  reason: Reason,
  message: string,
  data: Record<string, unknown> = {},
  status: number = REASONS[reason],
): string {
  const body = {
    jsonrpc: '2.0',
    error: { code: status, message, data: { reason, ...data } },
  };
  return asciiJson(body);
}

export interface ProblemDetails {
  readonly status: number;
  /** Stable, for programs; one of ours or an upstream's failure. */
  readonly reason: string;
  /** For a person: what is wrong, and what to do. */
  readonly detail: string;
  readonly requestId: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** Media type of `problemBody`. */
export const PROBLEM_TYPE = 'application/problem+json';

/** The same outside of MCP routes: problem details (RFC 9457), ASCII only. */
export function problemBody(details: ProblemDetails): string {
  const { status, reason, detail, requestId, retryAfterSeconds } = details;
  return asciiJson({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    reason,
    request_id: requestId,
    ...(retryAfterSeconds !== undefined && { retry_after_seconds: retryAfterSeconds }),
  });
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
