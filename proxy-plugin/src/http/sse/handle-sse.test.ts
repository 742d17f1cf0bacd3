/** Guarantees to clients of HTTP+SSE, against a whole sidecar. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type CallFixture, startCallFixture } from '../../testing/call-fixture.ts';
import { openSseSession, openSseStream, replies } from '../../testing/sse-session.ts';
import { openWireSession } from '../../testing/wire-session.ts';
import { eventually } from '../../upstream/testing/test-upstreams.ts';

describe('HTTP+SSE', () => {
  let fixture: CallFixture;

  before(async () => {
    fixture = await startCallFixture();
  });
  after(() => fixture[Symbol.asyncDispose]());

  it('lists and calls as over Streamable HTTP', async () => {
    const { plugin } = fixture;
    const session = await openSseSession(plugin);
    const other = await openWireSession(plugin);
    const listed = await session.request('tools/list');
    const there = JSON.parse((await other.request('tools/list')).text) as typeof listed;
    assert.deepEqual(listed.result, there.result);
    const { result } = await session.request('tools/call', { name: 'actor__echo', arguments: {} });
    assert.ok(result?.content);
    session.response.destroy();
  });

  it('keeps calls apart that end in another order, and big ones whole', async () => {
    const session = await openSseSession(fixture.plugin);
    const big = (size: number) =>
      session.request('tools/call', { name: 'actor__big', arguments: { size } });
    const sizes = [300_000, 10, 500_000, 70_000, 10];
    const answers = await Promise.all(sizes.map(big));
    const lengths = answers.map(({ result }) => textOf(result).length);
    assert.deepEqual(lengths, sizes);
    session.response.destroy();
  });

  it('shows progress on the stream before the reply', async () => {
    const session = await openSseSession(fixture.plugin);
    const _meta = { progressToken: 'mine' };
    await session.request('tools/call', { name: 'actor__progress', arguments: {}, _meta });
    const data = session.events().map((event) => event.data);
    const at = data.findIndex((text) => text.includes('"progressToken":"mine"'));
    assert.ok(at > 0 && at < data.length - 1, String(at));
    session.response.destroy();
  });

  it('hides what the rules hide, on list and call', async () => {
    const session = await openSseSession(fixture.plugin, { claims: { ruleSet: 'reader' } });
    const listed = JSON.stringify(await session.request('tools/list'));
    assert.match(listed, /actor__echo/);
    assert.doesNotMatch(listed, /actor__write/);
    const refused = await session.request('tools/call', { name: 'actor__write' });
    assert.equal(refused.error?.message, 'Unknown tool: actor__write');
    session.response.destroy();
  });

  it('tells a refusal of the decision on the stream, with the id of the request', async () => {
    const session = await openSseSession(fixture.plugin);
    const message = 'Limit "x" is used up.';
    const refused = { reason: 'limit_exceeded', message, retryAfterSeconds: 7 } as const;
    const { error } = await session.request('tools/list', undefined, { claims: { refused } });
    const { requestId, ...data } = error?.data ?? {};
    assert.match(String(requestId), /^[0-9a-f]{32}$/);
    assert.deepEqual(
      [error?.code, error?.message, data],
      [429, message, { reason: 'limit_exceeded', retryAfterSeconds: 7 }],
    );
    const before = session.events().length;
    const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const reply = await session.post(notification, { claims: { refused } });
    assert.equal(reply.status, 202);
    await session.request('ping');
    assert.equal(session.events().length, before + 1, 'a notification is never answered');
    session.response.destroy();
  });

  it('tells a refusal of a call limit on the stream', async () => {
    const { plugin } = fixture;
    const session = await openSseSession(plugin);
    plugin.controlPlane.onAsk = () => ({
      allowed: false,
      reason: 'limit_exceeded',
      message: 'The limit "calls" is used up.',
      retryAfterSeconds: 9,
    });
    const call = { name: 'actor__echo', arguments: {} };
    const { error } = await session.request('tools/call', call, { claims: { ask: true } });
    plugin.controlPlane.onAsk = () => ({ allowed: true });
    assert.deepEqual([error?.code, error?.data?.reason], [429, 'limit_exceeded']);
    session.response.destroy();
  });

  it('accepts no message of another principal, for another endpoint, or without the stream', async () => {
    const { plugin } = fixture;
    const session = await openSseSession(plugin);
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const thief = await session.post(ping, { claims: { principal: 'mallory' } });
    assert.equal(thief.status, 404);
    assert.match(thief.text, /session_not_found/);
    const nowhere = await plugin.send({ route: 'message', body: ping });
    assert.equal(nowhere.status, 404);
    assert.equal((await session.post(ping)).status, 202);
    session.response.destroy();
    await eventually('the stream to be forgotten', async () =>
      (await session.post(ping)).status === 404 ? true : undefined,
    );
  });

  it('closes the stream of a message on which nobody could decide', async () => {
    const { plugin } = fixture;
    const session = await openSseSession(plugin);
    const other = await openSseSession(plugin);
    const reply = await session.post('', { decision: '' });
    assert.equal(reply.status, 503);
    assert.equal(reply.headers['retry-after'], '1');
    await session.ended;
    assert.match(session.text(), /retry: 10000\n\n$/, 'not before the gateway is back');
    assert.equal(other.response.destroyed, false);
    other.response.destroy();
  });

  it('closes the streams of a revoked key, and calls under way end with them', async () => {
    const { plugin } = fixture;
    const claims = { principal: 'carol', key: 'carol-key' };
    const session = await openSseSession(plugin, { claims });
    const id = { jsonrpc: '2.0', id: 77 };
    await session.post({ ...id, method: 'tools/call', params: { name: 'actor__drip' } });
    plugin.controlPlane.send('revoke', { keys: ['carol-key'], secrets: [] });
    await session.ended;
    const isOurs = (one: { principal: string }) => one.principal === 'carol';
    const record = await eventually('its record', () => plugin.controlPlane.records().find(isOurs));
    assert.equal(record.outcome, 'cancelled');
  });

  it('closes its streams when the endpoint offers it no more', async () => {
    const { plugin } = fixture;
    const session = await openSseSession(plugin);
    const { snapshot } = plugin.controlPlane;
    const endpoint = snapshot.endpoints.default;
    assert.ok(endpoint);
    const version = snapshot.version + 1;
    const change = (transports: typeof endpoint.transports) =>
      plugin.controlPlane.send('change', {
        version,
        endpoints: { default: { ...endpoint, transports } },
      });
    change(['streamable-http']);
    await session.ended;
    change(endpoint.transports);
  });

  it('a client that comes back with its last event goes on with its session, also after a restart', async () => {
    const { plugin } = fixture;
    const session = await openSseSession(plugin);
    const lastId = session.events().findLast(({ id }) => id !== '')?.id ?? '';
    assert.notEqual(lastId, session.id, 'initialize opened a session of its own');
    await plugin.restart();
    const headers = { 'last-event-id': lastId };
    const again = await openSseStream(plugin, { headers });
    assert.equal(again.id, lastId);
    assert.ok((await again.request('tools/list')).result);
    const thief = await openSseStream(plugin, { headers, claims: { principal: 'mallory' } });
    assert.notEqual(thief.id, lastId);
    for (const { response } of [again, thief]) response.destroy();
  });

  it('a client that comes back without a word gets a new session that works at once', async () => {
    const session = await openSseStream(fixture.plugin);
    assert.ok((await session.request('tools/list')).result);
    session.response.destroy();
  });

  it('keeps no stream of a client that left while the configuration caught up', async () => {
    const { plugin, session } = fixture;
    const { controlPlane } = plugin;
    const metrics = () => controlPlane.received('metrics');
    const open = () => metrics().at(-1)?.values.sluice_plugin_open_streams;
    const newReport = async () => {
      const reports = metrics().length;
      await eventually('a report', () => metrics().length > reports);
    };
    await eventually('the streams of other tests to end', () => open() === 0);
    const version = controlPlane.snapshot.version + 1;
    const leaving = new AbortController();
    const request = { method: 'GET', route: 'sse', claims: { version } } as const;
    const left = assert.rejects(plugin.open({ ...request, signal: leaving.signal }));
    await session.request('ping');
    leaving.abort();
    await left;
    await session.request('ping');
    controlPlane.send('change', { version });
    await newReport();
    assert.equal(open(), 0);
  });

  it('refuses other methods with what to do instead', async () => {
    const { plugin } = fixture;
    const sse = await plugin.send({ route: 'sse', body: {} });
    assert.deepEqual([sse.status, sse.headers.allow], [405, 'GET']);
    const message = await plugin.send({ route: 'message', method: 'GET' });
    assert.deepEqual([message.status, message.headers.allow], [405, 'POST']);
  });

  it('refuses a body that is no message, and the stream goes on', async () => {
    const session = await openSseSession(fixture.plugin);
    assert.equal((await session.post('{')).status, 400);
    assert.ok((await session.request('ping')).result);
    assert.equal(replies(session.events()).length, 2);
    session.response.destroy();
  });
});

function textOf(result: Readonly<Record<string, unknown>> | undefined): string {
  const [content] = (result?.content ?? []) as { readonly text: string }[];
  return content?.text ?? '';
}
