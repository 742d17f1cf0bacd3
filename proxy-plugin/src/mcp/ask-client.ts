/** Asks a client what a server wants to know, on the stream of the call that it belongs to. */
import { replaceSpan, spanOf } from '../upstream/json/value-span.ts';
import { encodeNotification } from '../upstream/transport.ts';
import type { AskedClient, ServerRequest } from '../upstream/upstream.ts';
import type { Reply } from './exchange.ts';
import type { ServerRequests } from './server-requests.ts';

export interface AskingServer {
  /** Id of the client's session. */
  readonly session: string;
  readonly server: string;
  /** Other servers stand behind the same endpoint, and the person asked can't tell which one it is. */
  readonly hasNeighbours: boolean;
}

/** Undefined when the client takes no stream, or has gone. */
export function askClient(
  requests: ServerRequests,
  reply: Reply,
  from: AskingServer,
  request: ServerRequest,
): AskedClient | undefined {
  const opened = requests.open(from.session, request);
  if (!reply.notification(forClient(request.encode(opened.id), request.method, from))) {
    opened.close();
    return undefined;
  }
  return {
    withdraw(reason) {
      opened.close();
      const params = { requestId: JSON.parse(opened.id.toString()), reason };
      reply.notification(encodeNotification('notifications/cancelled', params));
    },
  };
}

/**
 * Clients must show people which server asks (MCP 2025-11-25, "Elicitation"), and they only know us.
 * `includeContext` would give a server what its neighbours told the client.
 */
function forClient(bytes: Buffer, method: string, { server, hasNeighbours }: AskingServer): Buffer {
  if (!hasNeighbours) return bytes;
  if (method === 'elicitation/create') {
    return withField(bytes, 'message', (message) => `[${server}] ${String(message)}`);
  }
  return method === 'sampling/createMessage'
    ? withField(bytes, 'includeContext', () => 'none')
    : bytes;
}

/** The message with `params.<name>` changed, if there is such a field. */
function withField(bytes: Buffer, name: string, change: (value: unknown) => string): Buffer {
  const span = spanOf(bytes, 'params', name);
  if (!span) return bytes;
  const value = change(JSON.parse(bytes.toString('utf8', span.start, span.end)));
  return replaceSpan(bytes, span, Buffer.from(JSON.stringify(value)));
}
