import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin } from '../testing/start-plugin.ts';
import { INITIALIZE, json, openWireSession, type WireSession } from '../testing/wire-session.ts';

interface ErrorBody {
  readonly id?: unknown;
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly reason?: string; readonly supported?: readonly string[] };
  };
}

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

describe('POST', () => {
  let plugin: PluginUnderTest;
  let session: WireSession;

  before(async () => {
    plugin = await startPlugin(sampleSnapshot([]));
    session = await openWireSession(plugin);
  });
  after(() => plugin[Symbol.asyncDispose]());

  /** Sends `body` within the session; the error it gets. */
  async function refused(
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: ErrorBody }> {
    const reply = await session.send({ body, headers });
    return { status: reply.status, body: json(reply) as unknown as ErrorBody };
  }

  it('200 keeps the type and the bytes of the id', async () => {
    for (const id of ['0', '"0"', '12345678901234567890', '1.50']) {
      const reply = await session.send({ body: `{"jsonrpc":"2.0","id":${id},"method":"ping"}` });
      assert.equal(reply.status, 200);
      assert.equal(reply.text, `{"jsonrpc":"2.0","id":${id},"result":{}}`);
    }
  });

  it('200 tells NGINX method and name for its log, whatever characters they have', async () => {
    const params = { name: 'caf\u00e9\r\nX-Evil: 1', arguments: {} };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const { headers } = await session.send({ body });
    assert.equal(headers['x-sluice-mcp-method'], 'tools/call');
    assert.equal(headers['x-sluice-mcp-name'], 'caf???X-Evil: 1');
    assert.equal(headers['x-evil'], undefined);
  });

  it('202 takes notifications and responses', async () => {
    for (const message of [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', method: 'notifications/unheard-of' },
      { jsonrpc: '2.0', id: 7, result: {} },
    ]) {
      const reply = await session.send({ body: message });
      assert.equal(reply.status, 202);
      assert.equal(reply.text, '');
    }
  });

  it('200 answers an unknown method with -32601', async () => {
    const { status, body } = await refused({ jsonrpc: '2.0', id: 'x', method: 'tools/invent' });
    assert.equal(status, 200);
    assert.equal(body.id, 'x');
    assert.equal(body.error.code, -32601);
  });

  it('400 says of a batch that it is one', async () => {
    const { status, body } = await refused([PING, PING]);
    assert.equal(status, 400);
    assert.equal(body.error.code, -32600);
    assert.match(body.error.message, /[Bb]atches/);
  });

  it('400 is a JSON-RPC error without id for garbage', async () => {
    for (const garbage of [
      '',
      '{',
      'null',
      '\u0000',
      '{"jsonrpc":"2.0","id":1,"method":"ping",}',
    ]) {
      const { status, body } = await refused(garbage);
      assert.equal(status, 400, garbage);
      assert.equal(body.error.code, -32700, garbage);
      assert.ok(!('id' in body));
    }
  });

  it('413 refuses a body over 4 MiB, whether its length is told or not', async () => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${'x'.repeat(4 * 1024 * 1024)}"}}`;
    const told = await refused(body, { 'content-length': String(body.length) });
    assert.equal(told.status, 413);
    assert.equal(told.body.error.data?.reason, 'body_too_large');
    const streamed = await refused(body, { 'transfer-encoding': 'chunked' });
    assert.equal(streamed.status, 413);
  });

  it('415 wants JSON, with or without a charset', async () => {
    const { status } = await refused(PING, { 'content-type': 'text/plain' });
    assert.equal(status, 415);
    const reply = await session.send({
      body: PING,
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    });
    assert.equal(reply.status, 200);
  });

  it('200 does not mind what Accept says, or that it is absent', async () => {
    for (const accept of ['text/event-stream, application/json', '*/*', 'application/json', '']) {
      const reply = await session.send({ body: PING, headers: { accept } });
      assert.equal(reply.status, 200);
    }
  });

  it('400 sends a modern client back to initialize, and names what is spoken', async () => {
    const modern = { 'mcp-protocol-version': '2026-07-28' };
    const discover = { jsonrpc: '2.0', id: 1, method: 'server/discover', params: {} };
    for (const [body, headers] of [
      [discover, modern],
      [discover, {}],
      [PING, modern],
      [PING, { 'mcp-protocol-version': '1999-01-01' }],
    ] as const) {
      const reply = await plugin.send({ body, headers });
      assert.equal(reply.status, 400);
      const { error, id } = json(reply) as unknown as ErrorBody;
      assert.equal(id, 1);
      assert.ok(error.data?.supported?.includes('2025-11-25'));
      assert.match(error.message, /initialize/);
    }
  });

  it('200 takes every legacy version in the header', async () => {
    for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
      const headers = { 'mcp-protocol-version': version };
      assert.equal((await session.send({ body: PING, headers })).status, 200);
    }
  });

  it('400 tells a client without a session what to do, 404 one whose session is none', async () => {
    const without = await plugin.send({ body: PING });
    assert.equal(without.status, 400);
    assert.match(without.text, /initialize/);
    const { status, body } = await refused(PING, { 'mcp-session-id': `${session.id}x` });
    assert.equal(status, 404);
    assert.equal(body.error.data?.reason, 'session_not_found');
  });

  it('400 does not open a session for an initialize that is no request', async () => {
    const { id: _, ...notification } = INITIALIZE;
    const reply = await plugin.send({ body: notification });
    assert.equal(reply.status, 400);
    assert.equal(reply.headers['mcp-session-id'], undefined);
  });

  it('echoes the request id, the limits and what browsers need', async () => {
    const reply = await session.send({
      body: PING,
      headers: {
        ratelimit: '"per-key";r=5;t=10',
        'ratelimit-policy': '"per-key";q=10;w=60',
        origin: 'https://app.test',
      },
    });
    assert.match(String(reply.headers['x-request-id']), /^[0-9a-f]{32}$/);
    assert.equal(reply.headers.ratelimit, '"per-key";r=5;t=10');
    assert.equal(reply.headers['ratelimit-policy'], '"per-key";q=10;w=60');
    assert.equal(reply.headers['access-control-allow-origin'], 'https://app.test');
    for (const name of ['Mcp-Session-Id', 'WWW-Authenticate', 'Retry-After', 'RateLimit']) {
      assert.ok(reply.headers['access-control-expose-headers']?.includes(name), name);
    }
    assert.equal(reply.headers.vary, 'Origin');
  });
});
