import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CallFixture, startCallFixture } from '../testing/call-fixture.ts';
import { json, openWireSession } from '../testing/wire-session.ts';

interface ErrorReply {
  readonly error: { readonly code: number; readonly message: string };
}

describe('a call', () => {
  let fixture: CallFixture;

  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  it('leaves one record: who, what, read or write, how it ended', async () => {
    const { callTool, recordOf } = fixture;
    const reply = await callTool('actor__echo');
    const record = await recordOf(reply);
    const { time, durationMs, upstreamMs, requestBytes, responseBytes, ...rest } = record;
    assert.deepEqual(rest, {
      source: record.source,
      sequence: record.sequence,
      requestId: reply.headers['x-request-id'],
      principal: 'alice',
      key: 'alice-key',
      clientIp: '192.0.2.7',
      endpoint: 'default',
      transport: 'streamable-http',
      method: 'tools/call',
      server: 'actor',
      name: 'echo',
      visibleName: 'actor__echo',
      write: false,
      outcome: 'ok',
      httpStatus: 200,
      count: 1,
    });
    assert.ok(Math.abs(Date.now() - time) < 60_000 && durationMs >= 0 && (upstreamMs ?? -1) >= 0);
    assert.ok(requestBytes > 50 && responseBytes === Buffer.byteLength(reply.text));
  });

  it('counts as write unless the operator says that it reads', async () => {
    const { callTool, recordOf, session } = fixture;
    assert.equal((await recordOf(await callTool('actor__write'))).write, true);
    assert.equal((await recordOf(await callTool('nobody__knows'))).write, true);
    const prompt = await session.request('prompts/get', { name: 'actor__hello' });
    assert.match(prompt.text, /"text":"hello"/);
    assert.equal((await recordOf(prompt)).write, false);
  });

  it('of what is not there is refused as the protocol says', async () => {
    const errorOf = async (method: string, params?: unknown) => {
      const reply = await fixture.session.request(method, params);
      return (json(reply) as unknown as ErrorReply).error;
    };
    const unknown = { code: -32602, message: 'Unknown tool: echo' };
    assert.deepEqual(await errorOf('tools/call', { name: 'echo' }), unknown);
    assert.equal((await errorOf('tools/call', { name: '__proto__' })).code, -32602);
    assert.equal((await errorOf('prompts/get', { name: 'constructor' })).code, -32602);
    assert.equal((await errorOf('resources/read', { uri: 'nobody+file:///a' })).code, -32002);
    assert.match((await errorOf('tools/call', { name: 7 })).message, /params\.name/);
    assert.match((await errorOf('tools/call')).message, /params\.name/);
  });

  it('of a method that nobody knows tells its beginning only, however long it is', async () => {
    const reply = await fixture.session.request(`x/${'y'.repeat(100_000)}`);
    const { code, message } = (json(reply) as unknown as ErrorReply).error;
    assert.equal(code, -32601);
    assert.ok(message.startsWith('Method not found: x/yyy') && message.length < 100, message);
  });

  it('of a name or a URI that is too long for a record is refused', async () => {
    const tail = 'a'.repeat(8 * 1024);
    for (const [method, params] of [
      ['tools/call', { name: tail + tail }],
      ['resources/read', { uri: `actor+file:///${tail}` }],
    ] as const) {
      const claims = { key: 'long-winded' };
      const reply = await fixture.session.request(method, params, { claims });
      const { error } = json(reply) as unknown as ErrorReply;
      assert.equal(error.code, -32602);
      assert.match(error.message, /longer than 8192 bytes/);
      const record = await fixture.recordOf(reply);
      assert.deepEqual([record.outcome, record.visibleName?.length], ['denied', tail.length]);
    }
  });

  for (const [ruleSet, reason] of [
    ['reader', 'read_only'],
    ['limited', 'not_granted'],
  ] as const) {
    it(`that the rule set ${ruleSet} hides looks as if there were no such tool, and is on record`, async () => {
      const claims = { ruleSet, key: `key-${ruleSet}` };
      const own = await openWireSession(fixture.plugin, { claims });
      const listed = await own.request('tools/list');
      assert.match(listed.text, /actor__echo/);
      assert.doesNotMatch(listed.text, /actor__write/);
      assert.match((await own.request('tools/call', { name: 'actor__echo' })).text, /"result"/);
      const refused = await own.request('tools/call', { name: 'actor__write' });
      assert.match(refused.text, /Unknown tool: actor__write/);
      const record = await fixture.recordOf(refused);
      assert.deepEqual(
        [record.outcome, record.reason, record.server, record.name, record.write],
        ['denied', reason, 'actor', 'write', true],
      );
    });
  }

  it('of a granted tool does not open the resources of its server', async () => {
    const own = await openWireSession(fixture.plugin, { claims: { ruleSet: 'limited' } });
    const read = await own.request('resources/read', { uri: 'actor+file:///a' });
    assert.match(read.text, /-32002/);
  });

  it('with the id of one that is under way is refused', async () => {
    const body = { jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'actor__slow' } };
    const { session } = fixture;
    const replies = await Promise.all([session.send({ body }), session.send({ body })]);
    const refused = replies.map(({ text }) => /-32600/.test(text));
    assert.deepEqual(refused.sort(), [false, true]);
  });
});

describe('a call that limits may match', () => {
  let fixture: CallFixture;

  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  const claims = { ask: true, limitHeaders: { 'x-team': 'blue' } };

  it('is charged by one ask, and shows how the limits stand', async () => {
    const { controlPlane } = fixture.plugin;
    controlPlane.onAsk = () => ({ allowed: true, rateLimit: '"calls";r=4;t=9' });
    const reply = await fixture.callTool('actor__echo', {}, { claims });
    assert.equal(reply.headers.ratelimit, '"calls";r=4;t=9');
    const asks = controlPlane.received('ask').map(({ id: _, ...ask }) => ask);
    assert.deepEqual(asks, [
      {
        principal: 'alice',
        key: 'alice-key',
        endpoint: 'default',
        clientIp: '192.0.2.7',
        limitHeaders: { 'x-team': 'blue' },
        method: 'tools/call',
        server: 'actor',
        name: 'echo',
      },
    ]);
  });

  it('429 says which limit and how long to wait', async () => {
    fixture.plugin.controlPlane.onAsk = () => ({
      allowed: false,
      reason: 'limit_exceeded',
      message: 'The limit "calls" allows 5 calls in 10 s.',
      retryAfterSeconds: 9,
      rateLimit: '"calls";r=0;t=9',
    });
    const reply = await fixture.callTool('actor__echo', {}, { claims });
    assert.equal(reply.status, 429);
    assert.equal(reply.headers['retry-after'], '9');
    assert.equal(reply.headers.ratelimit, '"calls";r=0;t=9');
    assert.match(reply.text, /allows 5 calls/);
    const { outcome, reason, httpStatus } = await fixture.recordOf(reply);
    assert.deepEqual([outcome, reason, httpStatus], ['denied', 'limit_exceeded', 429]);
  });

  it('503 when nobody answers the ask', async () => {
    fixture.plugin.controlPlane.onAsk = () => undefined;
    const reply = await fixture.callTool('actor__echo', {}, { claims });
    assert.equal(reply.status, 503);
    assert.match(reply.text, /"reason":"unavailable"/);
  });

  it('is not asked about when it is refused anyway', async () => {
    const { controlPlane } = fixture.plugin;
    const asked = controlPlane.received('ask').length;
    await fixture.callTool('nobody__knows', {}, { claims });
    assert.equal(controlPlane.received('ask').length, asked);
  });
});
