/** Headers of a request to an HTTP upstream: the protocol's, the server's own, and what clients may pass on. */
import type { ServerRuntime } from '@sluice/contract/snapshot';

/** Set by the protocol or the connection; a server's own value for them would break it. */
const OURS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'keep-alive',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** A client's credentials stay at the gateway, whatever `forwardHeaders` says. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key']);

export interface SessionHeaders {
  readonly sessionId: string | undefined;
  readonly protocolVersion: string | undefined;
}

/** `own` are the server's headers with their references resolved; they win over a client's. */
export function requestHeaders(
  server: ServerRuntime,
  own: Readonly<Record<string, string>>,
  forwarded: Readonly<Record<string, string>>,
  { sessionId, protocolVersion }: SessionHeaders,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of server.forwardHeaders) {
    const value = forwarded[name];
    if (value !== undefined && !CREDENTIALS.has(name) && !OURS.has(name)) headers[name] = value;
  }
  for (const [name, value] of Object.entries(own)) {
    const lower = name.toLowerCase();
    if (!OURS.has(lower)) headers[lower] = value;
  }
  headers['content-type'] = 'application/json';
  headers.accept = 'application/json, text/event-stream';
  // Replies are passed on byte by byte, and a compressed one could unfold without bounds.
  headers['accept-encoding'] = 'identity';
  headers['user-agent'] ??= 'sluice';
  if (sessionId !== undefined) headers['mcp-session-id'] = sessionId;
  if (protocolVersion !== undefined) headers['mcp-protocol-version'] = protocolVersion;
  return headers;
}
