/** A legacy MCP session on the raw wire: no SDK in between, so nothing is hidden. */
import assert from 'node:assert/strict';

export interface WireReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the last message of an SSE reply. */
  readonly body: JsonRpcReply;
}

export interface JsonRpcReply {
  readonly result?: Record<string, unknown>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly reason?: string };
  };
}

const PROTOCOL_VERSION = '2025-11-25';

/** POSTs one message to `url`; `headers` win over the defaults. */
export async function post(
  url: string,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<WireReply> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
  return { status: reply.status, headers: reply.headers, body: parsed(await reply.text()) };
}

function parsed(text: string): JsonRpcReply {
  if (text === '') return {};
  const events = [...text.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1] ?? '');
  return JSON.parse(events.at(-1) ?? text) as JsonRpcReply;
}

/** Opens a session with `key` and returns what is needed to go on with it. */
export async function openSession(url: string, key: string | undefined) {
  const credential: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  const reply = await post(
    url,
    {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: PROTOCOL_VERSION,
        capabilities: {},
        clientInfo: { name: 'wire', version: '1' },
      },
    },
    credential,
  );
  const session = reply.headers.get('mcp-session-id');
  assert.ok(session, `no session: ${reply.status} ${JSON.stringify(reply.body)}`);
  const headers = {
    ...credential,
    'mcp-session-id': session,
    'mcp-protocol-version': PROTOCOL_VERSION,
  };
  let id = 0;
  return {
    headers,
    request: (method: string, params?: unknown): Promise<WireReply> =>
      post(url, { jsonrpc: '2.0', id: ++id, method, params }, headers),
    callTool: (name: string, args: unknown = {}): Promise<WireReply> =>
      post(
        url,
        { jsonrpc: '2.0', id: ++id, method: 'tools/call', params: { name, arguments: args } },
        headers,
      ),
  };
}
