/** Guarantees to clients whose connection breaks, against a whole sidecar. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type CallFixture, startCallFixture } from '../testing/call-fixture.ts';
import { openWireSession, type WireSession } from '../testing/wire-session.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';

const PROGRESS = { progressToken: 'mine' };

describe('a client that comes back', () => {
  let fixture: CallFixture;
  let session: WireSession;
  before(async () => {
    fixture = await startCallFixture();
    session = await openWireSession(fixture.plugin);
  });
  after(() => fixture[Symbol.asyncDispose]());

  /** A call whose connection breaks after its first event; the id of that event. */
  async function breakOff(id: unknown, name: string, args: unknown = {}): Promise<string> {
    const params = { name: `actor__${name}`, arguments: args, _meta: PROGRESS };
    const body = { jsonrpc: '2.0', id, method: 'tools/call', params };
    const stream = await session.open({ body });
    const text = readText(stream);
    await eventually('its progress', () => text().includes('"progressToken":"mine"'));
    stream.destroy();
    return /^id: (.*)\ndata: \{/m.exec(text())?.[1] ?? '';
  }

  const resume = (lastEventId: string, one = session) =>
    one.send({ method: 'GET', headers: { 'last-event-id': lastEventId } });

  it('gets the reply to a call that went on without it', async () => {
    const id = await breakOff('a', 'later');
    const { status, headers, text } = await resume(id);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/event-stream');
    const messages = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
    assert.equal(messages.length, 1, text);
    assert.equal(messages[0].id, 'a');
    assert.ok(messages[0].result);
    const again = await resume(id);
    assert.equal(again.text, text);
  });

  it('gets the streams of its own session only', async () => {
    const id = await breakOff('b', 'later');
    const other = await openWireSession(fixture.plugin);
    const { text } = await resume(id, other);
    assert.match(text, /reply_lost/);
    const mallory = { method: 'GET', claims: { principal: 'mallory' } };
    const refused = await session.send({ ...mallory, headers: { 'last-event-id': id } });
    assert.equal(refused.status, 404);
    assert.match((await resume(id)).text, /"id":"b".*"result"|"result".*"id":"b"/);
  });

  it('can cancel the call meanwhile, which then has no reply', async () => {
    const id = await breakOff('c', 'drip');
    const params = { requestId: 'c' };
    await session.send({ body: { jsonrpc: '2.0', method: 'notifications/cancelled', params } });
    assert.match((await resume(id)).text, /"id":"c","error":\{"code":410/);
  });

  it('after a restart is told that the reply is lost, and that the call may have run', async () => {
    const id = await breakOff('d', 'drip');
    await fixture.plugin.restart();
    const { text } = await resume(id);
    assert.match(text, /^event: message\ndata: \{"jsonrpc":"2.0","id":"d","error":\{"code":410/);
    assert.match(text, /may have run/);
  });

  it('with an id that nobody knows gets a fresh stream of its session', async () => {
    for (const lastEventId of ['s1-1', '12', 'r1-1-!']) {
      const headers = { 'last-event-id': lastEventId };
      const stream = await session.open({ method: 'GET', headers });
      const text = readText(stream);
      await eventually('its greeting', () => text().startsWith('id: s'));
      stream.destroy();
    }
    assert.equal((await resume('r1-1')).status, 400);
  });

  it('hears again the news of its session’s stream that were lost on the way', async () => {
    const { controlPlane } = fixture.plugin;
    const first = await session.open({ method: 'GET' });
    const seen = readText(first);
    await session.request('tools/list');
    await eventually('the greeting', () => seen().startsWith('id: s'));
    const { version, namespaces } = controlPlane.snapshot;
    const { dev } = namespaces;
    assert.ok(dev);
    const members = dev.members.map((member) => ({ ...member, prefix: `new-${member.prefix}` }));
    controlPlane.send('change', { version, namespaces: { dev: { ...dev, members } } });
    await eventually('the news', () => seen().includes('tools/list_changed'));
    first.destroy();
    const headers = { 'last-event-id': /^id: (.*)$/m.exec(seen())?.[1] ?? '' };
    const again = await session.open({ method: 'GET', headers });
    const heard = readText(again);
    await eventually('the news again', () => heard().includes('tools/list_changed'));
    again.destroy();
    controlPlane.send('change', { version, namespaces });
  });
});

/** What came so far. */
function readText(stream: IncomingMessage): () => string {
  let text = '';
  stream
    .on('error', () => {})
    .on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  return () => text;
}
