/** A legacy session with a sidecar under test, on the raw wire. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { PluginUnderTest, TestReply, TestRequest } from './start-plugin.ts';

export interface WireSession {
  readonly id: string;
  /** The answer to `initialize`. */
  readonly opening: TestReply;
  /** Sends one request of the session and reads its answer. */
  request(method: string, params?: unknown, more?: TestRequest): Promise<TestReply>;
  send(request: TestRequest): Promise<TestReply>;
  open(request: TestRequest): Promise<IncomingMessage>;
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
};

/** `more` goes with every request of the session, for instance other claims; `hello` into `initialize`. */
export async function openWireSession(
  plugin: PluginUnderTest,
  more: TestRequest = {},
  hello: Partial<(typeof INITIALIZE)['params']> = {},
): Promise<WireSession> {
  const params = { ...INITIALIZE.params, ...hello };
  const opening = await plugin.send({ ...more, body: { ...INITIALIZE, params } });
  const id = opening.headers['mcp-session-id'];
  assert.equal(typeof id, 'string', opening.text);
  const withSession = (request: TestRequest): TestRequest => ({
    ...more,
    ...request,
    headers: { 'mcp-session-id': String(id), ...more.headers, ...request.headers },
  });
  let lastId = 0;
  return {
    id: String(id),
    opening,
    send: (request) => plugin.send(withSession(request)),
    open: (request) => plugin.open(withSession(request)),
    request(method, params, request = {}) {
      lastId += 1;
      const body = { jsonrpc: '2.0', id: lastId, method, ...(params !== undefined && { params }) };
      return plugin.send(withSession({ ...request, body }));
    },
  };
}

/** The JSON of an answer. */
export function json(reply: TestReply): Record<string, unknown> {
  return JSON.parse(reply.text) as Record<string, unknown>;
}
