/** Client headers that a server gets to see: those it lists, never credentials. */
import type { IncomingMessage } from 'node:http';
import type { ServerRuntime } from '@sluice/contract/snapshot';

/** Beyond the API's own check: whatever the configuration says, these never go on. */
const NEVER =
  /^(authorization|cookie|x-api-key|host|forwarded|x-forwarded-.*|x-sluice-.*|proxy-.*|mcp-.*|connection|content-.*|transfer-encoding|te|upgrade|keep-alive)$/;

export function forwardedHeaders(
  request: IncomingMessage,
  server: ServerRuntime,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of server.forwardHeaders) {
    const value = request.headers[name];
    if (typeof value === 'string' && !NEVER.test(name)) headers[name] = value;
  }
  return headers;
}
