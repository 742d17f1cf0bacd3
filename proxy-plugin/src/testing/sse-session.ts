/** An HTTP+SSE client of a sidecar under test, on the raw wire. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import type { PluginUnderTest, TestReply, TestRequest } from './start-plugin.ts';
import { INITIALIZE } from './wire-session.ts';

export interface SseEvent {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

export interface SseSession {
  readonly response: IncomingMessage;
  /** As the URL for messages names it. */
  readonly id: string;
  /** All whole events so far. */
  events(): readonly SseEvent[];
  /** All that came so far. */
  text(): string;
  /** POSTs one message. */
  post(body: unknown, more?: TestRequest): Promise<TestReply>;
  /** POSTs a request and waits for the reply on the stream. */
  request(method: string, params?: unknown, more?: TestRequest): Promise<JsonRpcReply>;
  /** The stream has ended. */
  readonly ended: Promise<void>;
}

export interface JsonRpcReply {
  readonly id?: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/** Opens the stream and initializes. `more` goes with every request. */
export async function openSseSession(
  plugin: PluginUnderTest,
  more: TestRequest = {},
): Promise<SseSession> {
  const session = await openSseStream(plugin, more);
  const { method, params } = INITIALIZE;
  const { result } = await session.request(method, params);
  assert.equal(result?.protocolVersion, '2025-11-25');
  return session;
}

/** Opens the stream and waits for the event that names the URL for messages. */
export async function openSseStream(
  plugin: PluginUnderTest,
  more: TestRequest = {},
): Promise<SseSession> {
  const response = await plugin.open({ ...more, method: 'GET', route: 'sse' });
  assert.equal(response.statusCode, 200);
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => response.once('close', () => resolve()));
  const events = () => eventsIn(text);
  const endpoint = await eventually('the event "endpoint"', () =>
    events().find(({ type }) => type === 'endpoint'),
  );
  const id = /^\/metamcp\/[\w-]+\/message\?sessionId=(\S+)$/.exec(endpoint.data)?.[1] ?? '';
  const post = (body: unknown, request: TestRequest = {}) => {
    const headers = { ...more.headers, ...request.headers, 'mcp-session-id': id };
    return plugin.send({ ...more, ...request, route: 'message', headers, body });
  };
  let lastId = 0;
  return {
    response,
    id,
    events,
    text: () => text,
    post,
    async request(method, params, request) {
      lastId += 1;
      const wanted = lastId;
      const body = { jsonrpc: '2.0', id: wanted, method, ...(params !== undefined && { params }) };
      const accepted = await post(body, request);
      assert.deepEqual([accepted.status, accepted.text], [202, '']);
      return eventually('the reply', () => replies(events()).find((one) => one.id === wanted));
    },
    ended,
  };
}

/** Every message event as JSON. */
export function replies(events: readonly SseEvent[]): JsonRpcReply[] {
  return events
    .filter(({ type }) => type === 'message')
    .map(({ data }) => JSON.parse(data) as JsonRpcReply);
}

function eventsIn(text: string): SseEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => ({
      type: lastField(event, 'event'),
      id: lastField(event, 'id'),
      data: lastField(event, 'data'),
    }))
    .filter(({ data }) => data !== '');
}

function lastField(event: string, name: string): string {
  const values = [...event.matchAll(new RegExp(`^${name}: ?(.*)$`, 'gm'))];
  return values.at(-1)?.[1] ?? '';
}
