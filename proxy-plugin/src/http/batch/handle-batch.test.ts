/** Guarantees to clients of 2025-03-26 that send several messages in one POST, against a whole sidecar. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { MAX_BATCH_MESSAGES } from '../../message/client-batch.ts';
import { type CallFixture, startCallFixture } from '../../testing/call-fixture.ts';
import type { TestReply, TestRequest } from '../../testing/start-plugin.ts';
import { INITIALIZE, openWireSession, type WireSession } from '../../testing/wire-session.ts';
import { eventually } from '../../upstream/testing/test-upstreams.ts';

interface Reply {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly reason?: string };
  };
}

const request = (id: unknown, method: string, params?: unknown) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const call = (id: unknown, name: string, args: unknown = {}) =>
  request(id, 'tools/call', { name, arguments: args });
const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };

function messagesOf({ text }: TestReply): Reply[] {
  const lines = text.split('\n').filter((line) => line.startsWith('data: '));
  return lines.map((line) => JSON.parse(line.slice(6)) as Reply);
}

describe('a batch', () => {
  let fixture: CallFixture;
  let session: WireSession;

  before(async () => {
    fixture = await startCallFixture();
    session = await open();
  });
  after(() => fixture[Symbol.asyncDispose]());

  const open = (more: TestRequest = {}) =>
    openWireSession(fixture.plugin, more, { protocolVersion: '2025-03-26' });

  async function send(body: unknown, more: TestRequest = {}): Promise<Map<unknown, Reply>> {
    const reply = await session.send({ ...more, body });
    assert.equal(reply.status, 200, reply.text);
    return new Map(messagesOf(reply).map((message) => [message.id, message]));
  }

  it('is answered on one stream, an event for each request, and the stream ends', async () => {
    const body = [
      request('a', 'ping'),
      notification,
      call(2, 'actor__echo'),
      request(3, 'no/such'),
    ];
    const reply = await session.send({ body });
    assert.equal(reply.headers['content-type'], 'text/event-stream');
    const replies = new Map(messagesOf(reply).map((message) => [message.id, message]));
    assert.deepEqual([...replies.keys()].sort(), [2, 3, 'a']);
    assert.deepEqual(replies.get('a')?.result, {});
    assert.ok(replies.get(2)?.result?.content);
    assert.equal(replies.get(3)?.error?.code, -32601);
  });

  it('asks and records each call by itself, and refuses one without the others', async () => {
    const { controlPlane } = fixture.plugin;
    const asked = controlPlane.received('ask').length;
    controlPlane.onAsk = ({ name }) =>
      name === 'fail'
        ? { allowed: false, reason: 'limit_exceeded', message: 'Too many.', retryAfterSeconds: 7 }
        : { allowed: true };
    const body = [call(1, 'actor__echo'), call(2, 'actor__fail'), call(3, 'nobody__knows')];
    const replies = await send(body, { claims: { ask: true } });
    assert.ok(replies.get(1)?.result);
    assert.equal(replies.get(2)?.error?.code, 429);
    assert.equal(replies.get(2)?.error?.data?.reason, 'limit_exceeded');
    assert.equal(replies.get(3)?.error?.code, -32602);
    assert.equal(controlPlane.received('ask').length - asked, 2);
    const outcomes = await eventually('three records', () => {
      const three = controlPlane.records().slice(-3);
      const names = three.map(({ visibleName, outcome }) => `${visibleName} ${outcome}`).sort();
      return names[2]?.startsWith('nobody') && names;
    });
    assert.deepEqual(outcomes, ['actor__echo ok', 'actor__fail denied', 'nobody__knows denied']);
  });

  it('hides what the rules hide', async () => {
    const claims = { ruleSet: 'reader' };
    const replies = await send([request(1, 'tools/list'), call(2, 'actor__write')], { claims });
    assert.doesNotMatch(JSON.stringify(replies.get(1)), /actor__write/);
    assert.equal(replies.get(2)?.error?.message, 'Unknown tool: actor__write');
  });

  it('shows progress before the reply that it belongs to, and keeps big replies whole', async () => {
    const params = { name: 'actor__progress', arguments: {}, _meta: { progressToken: 'mine' } };
    const sizes = [200_000, 300_000, 100_000];
    const body = [
      request('p', 'tools/call', params),
      ...sizes.map((size, id) => call(id, 'actor__big', { size })),
    ];
    const messages = messagesOf(await session.send({ body }));
    const at = messages.findIndex(({ method }) => method === 'notifications/progress');
    assert.ok(at >= 0 && at < messages.findIndex(({ id }) => id === 'p'));
    for (const [id, size] of sizes.entries()) {
      const result = messages.find((message) => message.id === id)?.result;
      const content = result?.content as { text: string }[] | undefined;
      assert.equal(content?.[0]?.text.length, size);
    }
  });

  it('refuses the second of two equal ids and initialize, and answers the rest', async () => {
    const body = [request(1, 'ping'), request(1.0, 'ping'), { ...INITIALIZE, id: 'i' }];
    const reply = await session.send({ body });
    const outcomes = messagesOf(reply).map(({ id, error }) => `${id} ${error?.code ?? 'ok'}`);
    assert.deepEqual(outcomes.sort(), ['1 -32600', '1 ok', 'i -32600']);
    assert.equal(reply.headers['mcp-session-id'], undefined);
  });

  it('202 of nothing but notifications and responses', async () => {
    const body = [notification, { jsonrpc: '2.0', id: 7, result: {} }];
    const reply = await session.send({ body });
    assert.deepEqual([reply.status, reply.text], [202, '']);
  });

  it('400 does nothing when one member is no message, or there are too many or none', async () => {
    const run = call(1, 'refused__batch');
    const many = Array.from({ length: MAX_BATCH_MESSAGES + 1 }, (_, id) => ({ ...run, id }));
    for (const body of [[run, 7], [run, [run]], [run, { id: 2 }], [], many, '[{}', '[1,']) {
      const reply = await session.send({ body });
      assert.equal(reply.status, 400, JSON.stringify(body).slice(0, 80));
      assert.ok([-32600, -32700].includes(JSON.parse(reply.text).error.code));
    }
    await send([call(1, 'taken__batch')]);
    const names = () => fixture.plugin.controlPlane.records().map((record) => record.visibleName);
    await eventually('the last record', () => names().includes('taken__batch'));
    assert.ok(!names().includes('refused__batch'));
  });

  it('400 in a session of another revision, or in none', async () => {
    const body = [request(1, 'ping')];
    const reply = await fixture.session.send({ body });
    assert.equal(reply.status, 400);
    assert.match(reply.text, /2025-11-25.*one message/);
    assert.equal((await fixture.plugin.send({ body: [INITIALIZE] })).status, 400);
  });

  it('406 tells a client that takes no event stream', async () => {
    for (const accept of ['application/json', '*/*']) {
      const reply = await session.send({ body: [request(1, 'ping')], headers: { accept } });
      assert.equal(reply.status, 406);
      assert.match(reply.text, /text\/event-stream/);
    }
  });

  it('of a revoked key ends with it, and so do its calls', async () => {
    const other = await open({ claims: { key: 'batch-key' } });
    const params = { name: 'actor__drip', arguments: {}, _meta: { progressToken: 1 } };
    const stream = await other.open({ body: [request(1, 'tools/call', params)] });
    let ended = false;
    stream.resume().once('close', () => {
      ended = true;
    });
    fixture.plugin.controlPlane.send('revoke', { keys: ['batch-key'], secrets: [] });
    await eventually('the end of the stream', () => ended);
  });

  it('ends the calls of a client that left: nobody could read their replies', async () => {
    const claims = { principal: 'leaver' };
    const other = await open({ claims });
    const params = { name: 'actor__drip', arguments: {}, _meta: { progressToken: 1 } };
    const body = [request(1, 'tools/call', params), request(2, 'ping')];
    const stream = await other.open({ body });
    await once(stream, 'data');
    stream.destroy();
    const isTheirs = (one: { principal: string }) => one.principal === 'leaver';
    const { records } = fixture.plugin.controlPlane;
    const record = await eventually('the record', () => records().find(isTheirs));
    assert.equal(record.outcome, 'cancelled');
  });
});
