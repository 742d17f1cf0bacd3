/** Client headers that a server gets to see: those it lists, never credentials. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Exchange } from './exchange.ts';

/** Beyond the API's own check: whatever the configuration says, these never go on. */
const NEVER =
  /^(authorization|cookie|x-api-key|host|forwarded|x-forwarded-.*|x-sluice-.*|proxy-.*|mcp-.*|connection|content-.*|transfer-encoding|te|upgrade|keep-alive)$/;

export function forwardedHeaders(
  exchange: Pick<Exchange, 'header'>,
  server: ServerRuntime,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of server.forwardHeaders) {
    const value = NEVER.test(name) ? undefined : exchange.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
