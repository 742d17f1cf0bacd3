/** A client on the raw wire: every message of every stream, as it came. */
import assert from 'node:assert/strict';
import { waitFor } from '../../testing/wait-for.ts';

export interface WireMessage {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** One open response. */
export interface WireStream {
  readonly status: number;
  readonly headers: Headers;
  /** So far, in order. */
  readonly messages: readonly WireMessage[];
  /** Of the last event so far, '' before the first one with an id. */
  readonly lastEventId: string;
  /** The first message that `fits`, once it is there. */
  first(fits: (message: WireMessage) => boolean): Promise<WireMessage>;
  /** All messages, once the stream has ended. */
  all(): Promise<readonly WireMessage[]>;
  close(): void;
}

export interface WireClient {
  /** The answer to `initialize`. */
  readonly hello: Readonly<Record<string, unknown>>;
  /** POSTs a message as it is. */
  post(message: unknown, headers?: Readonly<Record<string, string>>): Promise<WireStream>;
  request(method: string, params?: unknown): Promise<WireStream>;
  /** The only text of a tool's result. */
  text(tool: string, args?: unknown): Promise<string>;
  /** The session's own stream. */
  listen(headers?: Readonly<Record<string, string>>): Promise<WireStream>;
  /** Ends the session; the status of the answer. */
  end(): Promise<number>;
}

export interface WireOptions {
  readonly capabilities?: unknown;
  readonly protocolVersion?: string;
}

const LATEST = '2025-11-25';

export async function openWire(
  url: string,
  key: string,
  { capabilities = {}, protocolVersion = LATEST }: WireOptions = {},
): Promise<WireClient> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  let id = 0;
  const post: WireClient['post'] = (message, more) =>
    open(url, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: typeof message === 'string' ? message : JSON.stringify(message),
    });
  const request: WireClient['request'] = (method, params) => {
    id += 1;
    return post({ jsonrpc: '2.0', id, method, params });
  };
  const clientInfo = { name: 'wire', version: '1' };
  const opened = await request('initialize', { protocolVersion, capabilities, clientInfo });
  const [hello] = await opened.all();
  assert.ok(hello?.result, JSON.stringify(hello));
  headers['mcp-session-id'] = opened.headers.get('mcp-session-id') ?? '';
  headers['mcp-protocol-version'] = protocolVersion;
  await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return {
    hello: hello.result,
    post,
    request,
    async text(tool, args = {}) {
      const messages = await (await request('tools/call', { name: tool, arguments: args })).all();
      const content = messages.at(-1)?.result?.content as { text: string }[] | undefined;
      assert.ok(content?.[0], JSON.stringify(messages));
      return content[0].text;
    },
    end: async () => (await open(url, { method: 'DELETE', headers })).status,
    listen: (more) => open(url, { headers: { ...headers, accept: 'text/event-stream', ...more } }),
  };
}

async function open(url: string, init: RequestInit): Promise<WireStream> {
  const abort = new AbortController();
  const response = await fetch(url, { ...init, signal: abort.signal });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const messages: WireMessage[] = [];
  let ended = false;
  let lastEventId = '';
  const read = async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('id: ')) lastEventId = line.slice(4);
        if (line.startsWith('data: {')) messages.push(JSON.parse(line.slice(6)));
      }
    }
    if (!isStream && rest !== '') messages.push(...[JSON.parse(rest)].flat());
  };
  const reading = read().finally(() => {
    ended = true;
  });
  reading.catch(() => {});
  return {
    status: response.status,
    headers: response.headers,
    messages,
    get lastEventId() {
      return lastEventId;
    },
    async first(fits) {
      await waitFor(() => ended || messages.some(fits), 'a message');
      const found = messages.find(fits);
      assert.ok(found, `none of ${JSON.stringify(messages)}`);
      return found;
    },
    async all() {
      await reading;
      return messages;
    },
    close: () => abort.abort(),
  };
}
