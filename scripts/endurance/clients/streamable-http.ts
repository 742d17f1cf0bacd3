/** Load over Streamable HTTP, on the raw wire. */
import {
  LONGEST_CALL_MS,
  type LoadClient,
  type OpenClient,
  Refusal,
  type Reply,
  replyOf,
} from './client.ts';

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message?: string };
}

const PROTOCOL_VERSION = '2025-11-25';
const INITIALIZE = {
  protocolVersion: PROTOCOL_VERSION,
  capabilities: { elicitation: {} },
  clientInfo: { name: 'load', version: '1' },
};

export const openStreamableHttp: OpenClient = async (endpointUrl, key) => {
  const url = `${endpointUrl}/mcp`;
  const headers: Record<string, string> = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  let id = 0;
  const request = async (method: string, params: unknown) => {
    id += 1;
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      signal: AbortSignal.timeout(LONGEST_CALL_MS),
    });
    return { response, message: lastMessage(await response.text()) };
  };
  const { response, message } = await request('initialize', INITIALIZE);
  const session = response.headers.get('mcp-session-id');
  if (session === null) throw new Refusal(message?.error?.message ?? 'no session, and no reason');
  headers['mcp-session-id'] = session;
  headers['mcp-protocol-version'] = PROTOCOL_VERSION;
  const client: LoadClient = {
    async call(tool, args) {
      const called = await request('tools/call', { name: tool, arguments: args });
      return replyTo(called.message);
    },
    async leave(politely) {
      if (politely) await (await fetch(url, { method: 'DELETE', headers })).text();
    },
  };
  return client;
};

function replyTo(message: Message | undefined): Reply {
  if (message?.result !== undefined) return replyOf(message.result);
  const why = message?.error?.message;
  if (why !== undefined) return { kind: 'refused', text: why };
  return { kind: 'unclear', text: JSON.stringify(message) ?? 'no message' };
}

/** The whole body, or the last event with data; undefined when that is no JSON. */
function lastMessage(text: string): Message | undefined {
  const data = [...text.matchAll(/^data: ?(.+)$/gm)].map((match) => match[1] ?? '');
  try {
    return JSON.parse(data.at(-1) ?? text) as Message;
  } catch {
    return undefined;
  }
}
