/** `resources/subscribe` over a whole sidecar: what is refused, what survives, and what ends. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { openSseSession } from '../testing/sse-session.ts';
import { type PluginUnderTest, startPlugin } from '../testing/start-plugin.ts';
import { json, openWireSession, type WireSession } from '../testing/wire-session.ts';
import { createStandIns, type StandIns } from '../upstream/testing/stand-in.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';

/** `touch` tells of `a:1`; `seen` shows what was asked of it. */
const SCRIPT = `
const seen = [];
const lists = { 'resources/list': { resources: [{ uri: 'a:1' }] }, 'resources/templates/list': { resourceTemplates: [] } };
serve(({ id, method, params }) => {
  if (lists[method]) return reply(id, lists[method]);
  if (/subscribe$/.test(method)) seen.push(method.slice(10));
  if (params.uri === 'a:gone') return send({ jsonrpc: '2.0', id, error: { code: -32002, message: 'gone' } });
  if (/subscribe$/.test(method)) return reply(id, {});
  if (params.name === 'crash') process.exit(1);
  if (params.name === 'touch') send({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a:1' } });
  text(id, seen.join());
}, { capabilities: { tools: {}, resources: { subscribe: true } },
     tools: () => ['touch', 'seen', 'crash'].map((name) => ({ name, inputSchema: { type: 'object' } })) });
`;

const NEWS = 'notifications/resources/updated files+a:1';
const uri = 'files+a:1';

describe('resources/subscribe', () => {
  let standIns: StandIns;
  let plugin: PluginUnderTest;
  before(async () => {
    standIns = await createStandIns();
    const files = await standIns.write('files', SCRIPT, { isolation: 'shared' });
    const plain = await standIns.write('plain', 'serve();');
    const ruleSets = { tools: { allow: ['files/t*'], deny: [], readOnly: false } };
    plugin = await startPlugin(sampleSnapshot([files, plain], { ruleSets }));
  });
  after(async () => {
    await plugin[Symbol.asyncDispose]();
    await standIns[Symbol.asyncDispose]();
  });

  const call = async (session: WireSession, name: string) => {
    const reply = await session.request('tools/call', { name: `files__${name}`, arguments: {} });
    return (json(reply).result as { content: { text: string }[] }).content[0]?.text;
  };
  const errorOf = async (session: WireSession, params: unknown) =>
    json(await session.request('resources/subscribe', params)).error as { code: number };
  /** The methods of what is said on the session's stream, with the URI if there is one. */
  const listen = async (session: WireSession, ruleSet = 'open') => {
    const stream: IncomingMessage = await session.open({ method: 'GET', claims: { ruleSet } });
    const heard: string[] = [];
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      for (const [, data = ''] of chunk.matchAll(/^data: (.+)$/gm)) {
        const { method, params } = JSON.parse(data);
        heard.push(params ? `${method} ${params.uri}` : method);
      }
    });
    stream.on('error', () => {});
    return { heard, close: () => stream.destroy() };
  };

  it('refuses with what is wrong: no URI, a long one, one that the server does not know', async () => {
    const session = await openWireSession(plugin);
    assert.equal((await errorOf(session, {})).code, -32602);
    assert.equal((await errorOf(session, { uri: 7 })).code, -32602);
    assert.equal((await errorOf(session, { uri: `files+${'x'.repeat(9_000)}` })).code, -32602);
    assert.deepEqual(await errorOf(session, { uri: 'files+a:gone' }), {
      code: -32002,
      message: 'gone',
    });
    const none = await errorOf(session, { uri: 'plain+a:1' });
    assert.equal(none.code, -32601);
    const unknown = await session.request('resources/unsubscribe', { uri: 'nobody+a:1' });
    assert.deepEqual(json(unknown).result, {});
  });

  it('goes on after a crash of the server, with news of what may have been missed', async () => {
    const session = await openWireSession(plugin);
    const { heard, close } = await listen(session);
    await session.request('resources/subscribe', { uri });
    await call(session, 'crash');
    await eventually('the news', () => heard.includes(NEWS));
    assert.equal(await call(session, 'seen'), 'subscribe');
    await session.send({ method: 'DELETE' });
    close();
  });

  it('says nothing to a stream whose key may not read the resource any more', async () => {
    const session = await openWireSession(plugin);
    await session.request('resources/subscribe', { uri });
    const narrowed = await listen(session, 'tools');
    await call(session, 'touch');
    await call(session, 'seen');
    narrowed.close();
    assert.ok(!narrowed.heard.includes(NEWS));
    await session.send({ method: 'DELETE' });
  });

  it('tells a session that comes back that there was news, and ends with the session', async () => {
    const session = await openWireSession(plugin);
    await session.request('resources/subscribe', { uri });
    await call(session, 'touch');
    const { heard, close } = await listen(session);
    await eventually('the news', () => heard.includes(NEWS));
    assert.equal(heard.filter((what) => what === NEWS).length, 1);
    await session.send({ method: 'DELETE' });
    const other = await openWireSession(plugin);
    const isOver = async () => (await call(other, 'seen'))?.endsWith('unsubscribe');
    await eventually('the end', isOver);
    close();
  });

  it('works for clients of HTTP+SSE, on their one stream', async () => {
    const session = await openSseSession(plugin);
    assert.deepEqual((await session.request('resources/subscribe', { uri })).result, {});
    await session.request('tools/call', { name: 'files__touch', arguments: {} });
    const isNews = ({ data }: { data: string }) => data.includes('notifications/resources/updated');
    await eventually('the news', () => session.events().some(isNews));
    await session.request('resources/unsubscribe', { uri });
    session.response.destroy();
  });

  it('is forgotten by a restart of the sidecar: its session is told to look at everything again', async () => {
    const session = await openWireSession(plugin);
    await session.request('resources/subscribe', { uri });
    await plugin.restart();
    const { heard, close } = await listen(session);
    await eventually('the word', () => heard.includes('notifications/resources/list_changed'));
    await call(session, 'touch');
    await session.request('resources/subscribe', { uri });
    await call(session, 'touch');
    await eventually('the news', () => heard.includes(NEWS));
    assert.equal(heard.filter((what) => what === NEWS).length, 1);
    await session.send({ method: 'DELETE' });
    close();
  });
});
