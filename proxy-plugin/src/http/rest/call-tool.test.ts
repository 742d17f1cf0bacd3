/** Guarantees of a tool call over REST, through a whole sidecar and a real child. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { ACTOR_TIMEOUT_MS, writeActor } from '../../testing/actor-server.ts';
import { sampleSnapshot } from '../../testing/sample-snapshot.ts';
import {
  type PluginUnderTest,
  startPlugin,
  type TestReply,
  type TestRequest,
} from '../../testing/start-plugin.ts';
import { json } from '../../testing/wire-session.ts';
import { createStandIns, type StandIns } from '../../upstream/testing/stand-in.ts';
import { eventually } from '../../upstream/testing/test-upstreams.ts';

const ALL = { allow: [], deny: [], readOnly: false };

/** Never answers; leaves a file for each message that it gets. */
const HOLDER = `
const { writeFileSync } = require('node:fs');
const files = { 'tools/call': 'called', 'notifications/cancelled': 'cancelled' };
serve(({ method }) => files[method] && writeFileSync(files[method], ''), { wantsAll: true });
`;

describe('POST …/api/<tool>', () => {
  let standIns: StandIns;
  let plugin: PluginUnderTest;

  before(async () => {
    standIns = await createStandIns();
    const actor = await writeActor(standIns);
    const holder = await standIns.write('holder', HOLDER, { cwd: standIns.folder });
    const servers = [actor, holder, { ...actor, name: 'dead', command: '/nonexistent/program' }];
    const ruleSets = { limited: { ...ALL, allow: ['actor/echo'] } };
    plugin = await startPlugin(sampleSnapshot(servers, { ruleSets }));
  });
  after(async () => {
    await plugin[Symbol.asyncDispose]();
    await standIns[Symbol.asyncDispose]();
  });

  const call = (tool: string, more: TestRequest = {}) =>
    plugin.send({ route: 'api', tool, ...more });

  function recordOf(reply: TestReply) {
    const id = reply.headers['x-request-id'];
    const find = () => plugin.controlPlane.records().find(({ requestId }) => requestId === id);
    return eventually('the call record', find);
  }

  async function problemOf(promised: Promise<TestReply>, status: number) {
    const reply = await promised;
    assert.equal(reply.status, status, reply.text);
    assert.equal(reply.headers['content-type'], 'application/problem+json');
    const problem = json(reply);
    assert.equal(problem.status, status);
    assert.equal(problem.request_id, reply.headers['x-request-id']);
    return { reply, ...problem } as { reply: TestReply; reason: string; detail: string };
  }

  it('200 is the result of the tool, byte by byte, and the arguments arrive byte by byte', async () => {
    const args = '{ "big": 12345678901234567890,"1.0":1.0, "u":"\\u00e4" }';
    const reply = await call('actor__echo', { body: args });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['content-type'], 'application/json');
    assert.match(reply.text, /^\{"content":\[.*"new":\[1\]\}\],"x":"\\u00e4"\}$/);
    const { content } = JSON.parse(reply.text) as { content: { text: string }[] };
    const sent = content[0]?.text ?? '';
    assert.ok(sent.includes(`"params":{"name":"echo","arguments":${args}}`), sent);
  });

  it('200 leaves the record of a call', async () => {
    const record = await recordOf(await call('actor__echo'));
    const { method, server, name, visibleName, outcome, httpStatus } = record;
    assert.deepEqual(
      { method, server, name, visibleName, outcome, httpStatus },
      {
        method: 'tools/call',
        server: 'actor',
        name: 'echo',
        visibleName: 'actor__echo',
        outcome: 'ok',
        httpStatus: 200,
      },
    );
  });

  it('200 without a body, whatever its type: the tool gets no arguments', async () => {
    const reply = await call('actor__echo', { headers: { 'content-type': 'text/plain' } });
    assert.match(reply.text, /\\"arguments\\":\{\}/);
  });

  it('200 for a result of a megabyte', async () => {
    const reply = await call('actor__big', { body: { size: 1_000_000 } });
    assert.equal(reply.status, 200);
    assert.ok(reply.text.length > 1_000_000);
  });

  it('400 for a body that is no JSON object', async () => {
    const deep = `{"a":${'['.repeat(100)}${']'.repeat(100)}}`;
    const bodies = [
      '[]',
      '1',
      '{',
      '{}x',
      '{},"name":"actor__write"',
      deep,
      Buffer.from([0x7b, 0xff]),
    ];
    for (const body of bodies) {
      const { reason, detail } = await problemOf(call('actor__echo', { body }), 400);
      assert.equal(reason, 'bad_request');
      assert.match(detail, /JSON object/);
    }
  });

  it('404 for what is unknown and for what is not granted, and nobody can tell which', async () => {
    const claims = { ruleSet: 'limited' };
    const unknown = await problemOf(call('actor__nothing', { claims }), 404);
    const hidden = await problemOf(call('actor__write', { claims }), 404);
    assert.equal(hidden.reason, 'tool_not_found');
    const same = (text: string, { reply }: { reply: TestReply }) =>
      text.replaceAll(String(reply.headers['x-request-id']), '');
    assert.equal(
      same(hidden.reply.text, hidden).replace('actor__write', 'actor__nothing'),
      same(unknown.reply.text, unknown),
    );
    const [record, other] = await Promise.all([recordOf(hidden.reply), recordOf(unknown.reply)]);
    assert.deepEqual(
      [record.reason, record.name, record.httpStatus],
      ['not_granted', 'write', 404],
    );
    assert.deepEqual([other.reason, other.outcome], ['unknown_name', 'denied']);
  });

  it('405 names the method that there is', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { reply, reason } = await problemOf(call('actor__echo', { method }), 405);
      assert.equal(reason, 'method_not_allowed');
      assert.equal(reply.headers.allow, 'POST');
    }
  });

  it('413 and 415 say what is accepted', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    await problemOf(call('actor__echo', { body }), 413);
    const headers = { 'content-type': 'text/plain' };
    await problemOf(call('actor__echo', { body: '{}', headers }), 415);
  });

  it('422 when the tool says that it failed, with its result', async () => {
    const { reply, reason } = await problemOf(call('actor__fail'), 422);
    assert.equal(reason, 'tool_error');
    assert.deepEqual(json(reply).result, { content: [], isError: true });
    const { outcome, httpStatus } = await recordOf(reply);
    assert.deepEqual([outcome, httpStatus], ['upstream_error', 422]);
  });

  it('429 when the limits refuse it, with what they say', async () => {
    plugin.controlPlane.onAsk = ({ server, name }) => ({
      allowed: false,
      reason: 'limit_exceeded',
      message: `no more of ${server}/${name}`,
      retryAfterSeconds: 7,
      rateLimit: '"l";r=0;t=7',
      rateLimitPolicy: '"l";q=1;w=7',
    });
    const { reply, detail } = await problemOf(call('actor__echo', { claims: { ask: true } }), 429);
    assert.equal(detail, 'no more of actor/echo');
    assert.equal(reply.headers['retry-after'], '7');
    assert.equal(reply.headers.ratelimit, '"l";r=0;t=7');
    assert.equal(json(reply).retry_after_seconds, 7);
  });

  it('asks about no limits that the decision has charged, and about any other call', async () => {
    const asked = () => plugin.controlPlane.received('ask').length;
    plugin.controlPlane.onAsk = () => ({ allowed: true });
    const before = asked();
    const charged = { server: 'actor', name: 'echo' };
    const claims = { ask: true, charged };
    assert.equal((await call('actor__echo', { claims })).status, 200);
    assert.equal(asked(), before);
    assert.equal((await call('actor__big', { claims, body: { size: 1 } })).status, 200);
    assert.equal(asked(), before + 1);
  });

  it('502 and 504 when the server gives no answer, and whether the call surely did not run', async () => {
    const crashed = await problemOf(call('actor__crash'), 502);
    assert.equal(crashed.reason, 'crashed');
    assert.equal(json(crashed.reply).not_run, false);
    const started = Date.now();
    const late = await problemOf(call('actor__slow'), 504);
    assert.equal(late.reason, 'timeout');
    assert.ok(Date.now() - started >= ACTOR_TIMEOUT_MS);
  });

  it('a client that leaves cancels its call, and the server hears of it', async () => {
    const leaving = new AbortController();
    const { signal } = leaving;
    plugin.send({ route: 'api', tool: 'holder__any', signal }).catch(() => {});
    await eventually('the call to arrive', () => existsSync(`${standIns.folder}/called`));
    leaving.abort();
    await eventually('the cancellation', () => existsSync(`${standIns.folder}/cancelled`));
    const record = await eventually('its record', () =>
      plugin.controlPlane.records().find(({ server }) => server === 'holder'),
    );
    assert.deepEqual([record.outcome, record.httpStatus], ['cancelled', 499]);
  });

  it('nobody is known on an open endpoint: what a call started ends with it', async () => {
    const claims = { authenticated: false };
    const reply = await call('actor__echo', { claims });
    assert.equal(reply.status, 200, reply.text);
    await eventually('the child to end', () => {
      const statuses = plugin.controlPlane.received('status').flatMap(({ servers }) => servers);
      const actor = statuses.findLast(({ server }) => server === 'actor');
      // The one of alice stays.
      return actor?.upstreams === 1;
    });
  });

  it('a request without a decision is refused as a problem', async () => {
    const { reason } = await problemOf(call('actor__echo', { decision: 'forged.' }), 403);
    assert.equal(reason, 'decision_invalid');
  });
});
