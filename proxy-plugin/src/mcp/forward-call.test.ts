import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACTOR_TIMEOUT_MS } from '../testing/actor-server.ts';
import { type CallFixture, startCallFixture } from '../testing/call-fixture.ts';
import type { TestReply } from '../testing/start-plugin.ts';
import { json, openWireSession } from '../testing/wire-session.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';

interface ToolReply {
  readonly result: {
    readonly isError?: boolean;
    readonly content: [{ readonly text: string; readonly uri: string }];
  };
}

function toolReply(reply: TestReply): ToolReply {
  return json(reply) as unknown as ToolReply;
}

describe('a forwarded call', () => {
  let fixture: CallFixture;

  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  it('reaches the original name with the same bytes of arguments', async () => {
    const params =
      '{"arguments":{"n":1.50,"s":"\\u00e4","a":{"a":1,"a":2}}, "name" :"actor__echo","_meta":{"k":0}}';
    const reply = await fixture.session.send({
      body: `{"jsonrpc":"2.0","id":"x","method":"tools/call","params":${params}}`,
    });
    const [{ text }] = toolReply(reply).result.content;
    assert.ok(text.includes(params.replace('actor__echo', 'echo')), text);
  });

  it('gets the reply in the same bytes, but for the id', async () => {
    const reply = await fixture.session.send({
      body: '{"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"actor__echo"}}',
    });
    assert.ok(reply.text.startsWith('{"future":{"kept":1.50},"result":'), reply.text);
    assert.ok(reply.text.endsWith(',"new":[1]}],"x":"\\u00e4"},"id":0,"jsonrpc":"2.0"}'));
    assert.equal(reply.headers['content-type'], 'application/json');
  });

  it('makes URIs visible in replies, and finds the originals of visible ones', async () => {
    const link = toolReply(await fixture.callTool('actor__link'));
    assert.equal(link.result.content[0].uri, 'actor+file:///a');
    const read = await fixture.session.request('resources/read', { uri: 'actor+file:///a' });
    const { result } = json(read) as { result: { contents: unknown } };
    assert.deepEqual(result.contents, [{ uri: 'actor+file:///a', text: 'file:///a' }]);
    assert.equal((await fixture.recordOf(read)).name, 'file:///a');
  });

  it('with progress is an event stream that ends with the reply', async () => {
    const params = { name: 'actor__progress', _meta: { progressToken: 'mine' } };
    const body = { jsonrpc: '2.0', id: 'p', method: 'tools/call', params };
    const reply = await fixture.session.send({ body });
    assert.equal(reply.headers['content-type'], 'text/event-stream');
    assert.equal(reply.headers['x-accel-buffering'], 'no');
    const events = reply.text.split('\n\n').filter((event) => event !== '');
    assert.equal(events.length, 3);
    assert.match(events[0] ?? '', /^id: \S+\nretry: \d+\ndata: $/);
    assert.match(events[1] ?? '', /^event: message\nid: \S+\ndata: .*"progressToken":"mine"/);
    assert.match(events[2] ?? '', /^event: message\nid: \S+\ndata: .*"id":"p"/);
    const plain = await fixture.session.send({ body, headers: { accept: 'application/json' } });
    assert.equal(plain.headers['content-type'], 'application/json');
    assert.equal(json(plain).id, 'p');
  });

  it('streams a large reply in pieces, also to a client that reads slowly', async () => {
    const size = 3 * 1024 * 1024;
    const params = { name: 'actor__big', arguments: { size } };
    const body = { jsonrpc: '2.0', id: 'big', method: 'tools/call', params };
    const response = await fixture.session.open({ body });
    assert.equal(response.headers['content-length'], undefined);
    let read = 0;
    for await (const piece of response) {
      read += (piece as Buffer).length;
      await sleep(1);
    }
    assert.ok(read > size);
  });

  it('frees its upstream when the client leaves in the middle of the reply', async () => {
    const params = { name: 'actor__big', arguments: { size: 8 * 1024 * 1024 } };
    const body = { jsonrpc: '2.0', id: 'left', method: 'tools/call', params };
    const response = await fixture.session.open({ body });
    await once(response, 'data');
    response.destroy();
    const { headers } = response;
    const record = await fixture.recordOf({ status: 200, headers, text: '' });
    assert.equal(record.outcome, 'ok');
    assert.match((await fixture.callTool('actor__echo')).text, /"future"/);
  });

  it('that gets no answer in time is a failed result that names the server', async () => {
    const reply = await fixture.callTool('actor__slow');
    const { isError, content } = toolReply(reply).result;
    assert.equal(isError, true);
    assert.match(content[0].text, new RegExp(`"actor".*${ACTOR_TIMEOUT_MS} ms`));
    const { outcome, reason } = await fixture.recordOf(reply);
    assert.deepEqual([outcome, reason], ['upstream_failed', 'timeout']);
  });

  it('whose server crashes is a failed result, and the next one works', async () => {
    assert.equal(toolReply(await fixture.callTool('actor__crash')).result.isError, true);
    assert.match((await fixture.callTool('actor__echo')).text, /"future"/);
  });

  it('that the server answers with isError is no success', async () => {
    const reply = await fixture.callTool('actor__fail');
    assert.equal((await fixture.recordOf(reply)).outcome, 'upstream_error');
  });

  it('to a dead server is an error with a code of our own where there is no isError', async () => {
    const reply = await fixture.session.request('resources/read', { uri: 'dead+file:///a' });
    const { error } = json(reply) as { error: { code: number; message: string } };
    assert.ok(error.code > 0);
    assert.match(error.message, /"dead"/);
  });

  it('to a server that is deleted while the limits are asked is an error, and nothing ends', async () => {
    const { controlPlane } = fixture.plugin;
    const { version, servers } = controlPlane.snapshot;
    controlPlane.onAsk = () => {
      controlPlane.send('change', { version, servers: { dead: null } });
      return { allowed: true };
    };
    const claims = { ask: true };
    const read = await fixture.session.request(
      'resources/read',
      { uri: 'dead+file:///a' },
      { claims },
    );
    assert.match(read.text, /removed from the gateway/);
    controlPlane.send('change', { version, servers });
    assert.match((await fixture.callTool('actor__echo')).text, /"future"/);
  });

  it('is cancelled by its client, who then gets no response', async () => {
    const params = { name: 'actor__slow' };
    const body = `{"jsonrpc":"2.0","id":"\\u0061b","method":"tools/call","params":${JSON.stringify(params)}}`;
    const running = fixture.session.send({ body });
    const cancelled = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 'ab', reason: 'enough' },
    };
    await eventually('the call to end', async () => {
      await fixture.session.send({ body: cancelled });
      return Promise.race([running.then(() => true), sleep(20).then(() => false)]);
    });
    const reply = await running;
    assert.equal(reply.text, '');
    assert.equal((await fixture.recordOf(reply)).outcome, 'cancelled');
  });

  it('is not cancelled by another session', async () => {
    const body = { jsonrpc: '2.0', id: 77, method: 'tools/call', params: { name: 'actor__slow' } };
    const running = fixture.session.send({ body });
    const other = await openWireSession(fixture.plugin);
    const params = { requestId: 77 };
    await other.send({ body: { jsonrpc: '2.0', method: 'notifications/cancelled', params } });
    assert.match((await running).text, /did not answer/);
  });

  it('goes on when its client leaves: that is no cancellation in the legacy era', async () => {
    const claims = { key: 'leaver' };
    const leaving = new AbortController();
    const own = await openWireSession(fixture.plugin, { claims });
    const body = { jsonrpc: '2.0', id: 78, method: 'tools/call', params: { name: 'actor__slow' } };
    const left = assert.rejects(own.open({ body, signal: leaving.signal }));
    await own.request('ping');
    leaving.abort();
    await left;
    const ofLeaver = () =>
      fixture.plugin.controlPlane.records().find(({ key }) => key === 'leaver');
    const record = await eventually('the record', ofLeaver);
    assert.deepEqual([record.outcome, record.reason], ['upstream_failed', 'timeout']);
  });

  it('whose event stream is open when its key is revoked is cut off', async () => {
    const own = await openWireSession(fixture.plugin, { claims: { key: 'doomed' } });
    const params = { name: 'actor__drip', _meta: { progressToken: 1 } };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const response = await own.open({ body });
    assert.equal(response.headers['content-type'], 'text/event-stream');
    const revokedAt = performance.now();
    fixture.plugin.controlPlane.send('revoke', { keys: ['doomed'], secrets: [] });
    response.resume();
    await once(response, 'close');
    assert.ok(performance.now() - revokedAt < ACTOR_TIMEOUT_MS);
    const { headers } = response;
    const record = await fixture.recordOf({ status: 200, headers, text: '' });
    assert.equal(record.outcome, 'cancelled');
  });
});
