/** The header contract between NGINX and the two planes; `nginx/` spells the same names. */

/** NGINX → decision loop and NGINX → proxy plugin: what NGINX matched, never what the client sent. */
export const ENDPOINT_HEADER = 'x-sluice-endpoint';
export const ROUTE_HEADER = 'x-sluice-route';
/** Route `api`: the last part of the path, a visible tool name or `openapi.json`. */
export const TOOL_HEADER = 'x-sluice-tool';
export const CLIENT_IP_HEADER = 'x-sluice-client-ip';
/** Our request id (`$request_id`, 32 hex digits). A client's own id is never used. */
export const REQUEST_ID_HEADER = 'x-sluice-request-id';

/** NGINX → decision loop only. */
export const ORIGINAL_METHOD_HEADER = 'x-sluice-method';
/** Value of `?api_key=` or `?apikey=`; counts only on endpoints with `query_key`. */
export const QUERY_KEY_HEADER = 'x-sluice-query-key';

/** Decision loop → NGINX → proxy plugin: the signed claims of `decision.ts`. */
export const DECISION_HEADER = 'x-sluice-decision';
/** Decision loop → NGINX → client (through the plugin when allowed). */
export const RATE_LIMIT_HEADER = 'ratelimit';
export const RATE_LIMIT_POLICY_HEADER = 'ratelimit-policy';

/** Decision loop → NGINX access log only. */
export const PRINCIPAL_HEADER = 'x-sluice-principal';
export const REASON_HEADER = 'x-sluice-reason';

/** Decision loop → NGINX on a refusal: the status and the JSON body NGINX answers with. */
export const STATUS_HEADER = 'x-sluice-status';
export const ERROR_HEADER = 'x-sluice-error';
/** Value for `Access-Control-Allow-Origin` on a refusal; empty when the origin is not allowed. */
export const CORS_ORIGIN_HEADER = 'x-sluice-cors-origin';

/**
 * Client-facing protocol headers (MCP, Streamable HTTP). On the route `message` NGINX writes `sessionId`
 * of the query into the session header.
 */
export const SESSION_HEADER = 'mcp-session-id';
export const PROTOCOL_VERSION_HEADER = 'mcp-protocol-version';
export const METHOD_HEADER = 'mcp-method';
export const NAME_HEADER = 'mcp-name';

/** Proxy plugin → NGINX access log only: what the body of a legacy message says, which NGINX can't read. */
export const LOGGED_METHOD_HEADER = 'x-sluice-mcp-method';
export const LOGGED_NAME_HEADER = 'x-sluice-mcp-name';

/** What NGINX matched. `sse` and `message` are the two halves of HTTP+SSE; `api` is REST. */
export type Route = 'mcp' | 'sse' | 'message' | 'api';
