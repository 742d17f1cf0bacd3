import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin } from '../testing/start-plugin.ts';
import { json, openWireSession } from '../testing/wire-session.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';

describe('GET', () => {
  let plugin: PluginUnderTest;

  before(async () => {
    plugin = await startPlugin(sampleSnapshot([]));
  });
  after(() => plugin[Symbol.asyncDispose]());

  /** Settles when the stream has ended. */
  function ended(stream: IncomingMessage): Promise<unknown> {
    stream.resume();
    return once(stream, 'close');
  }

  it('200 opens the stream of a session at once', async () => {
    const session = await openWireSession(plugin);
    const stream = await session.open({ method: 'GET' });
    assert.equal(stream.statusCode, 200);
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    assert.equal(stream.headers['x-accel-buffering'], 'no');
    const [first] = (await once(stream, 'data')) as [Buffer];
    assert.match(first.toString(), /^id: s[0-9a-z]+-0\nretry: \d+\ndata: \n\n/);
    stream.destroy();
  });

  it('405 without a session says that the key is valid', async () => {
    const bare = await plugin.send({ method: 'GET' });
    assert.equal(bare.status, 405);
    assert.equal(bare.headers.allow, 'POST, GET, DELETE');
    assert.match(bare.text, /key is valid/);
    const open = await plugin.send({ method: 'GET', claims: { authenticated: false } });
    assert.equal(open.status, 405);
    assert.match(open.text, /endpoint is open/);
  });

  it('404 for the session of somebody else', async () => {
    const session = await openWireSession(plugin);
    const reply = await session.send({ method: 'GET', claims: { principal: 'mallory' } });
    assert.equal(reply.status, 404);
    assert.match(JSON.stringify(json(reply)), /session_not_found/);
  });

  it('closes the older stream when a newer one comes', async () => {
    const session = await openWireSession(plugin);
    const older = await session.open({ method: 'GET' });
    const olderEnded = ended(older);
    const newer = await session.open({ method: 'GET' });
    await olderEnded;
    assert.equal(newer.destroyed, false);
    newer.destroy();
  });

  it('closes the streams of a revoked key, and no others', async () => {
    const alice = await (await openWireSession(plugin)).open({ method: 'GET' });
    const claims = { principal: 'bob', key: 'bob-key', secret: 'bob-secret' };
    const bob = await (await openWireSession(plugin, { claims })).open({ method: 'GET' });
    const aliceEnded = ended(alice);
    plugin.controlPlane.send('revoke', { keys: ['alice-key'], secrets: [] });
    await aliceEnded;
    assert.equal(bob.destroyed, false);
    const bobEnded = ended(bob);
    plugin.controlPlane.send('revoke', { keys: [], secrets: ['bob-secret'] });
    await bobEnded;
  });

  it('closes the stream of a key that expires', async () => {
    const claims = { keyExpiresAt: Date.now() + 300 };
    const stream = await (await openWireSession(plugin, { claims })).open({ method: 'GET' });
    await ended(stream);
  });

  it('closes the streams of an endpoint that is removed', async () => {
    const { controlPlane } = plugin;
    const before = controlPlane.snapshot;
    const stream = await (await openWireSession(plugin)).open({ method: 'GET' });
    const streamEnded = ended(stream);
    controlPlane.send('change', { version: before.version, endpoints: { default: null } });
    await streamEnded;
    controlPlane.send('change', { version: before.version, endpoints: before.endpoints });
  });

  it('keeps no stream of a client that left while the configuration caught up', async () => {
    const { controlPlane } = plugin;
    const metrics = () => controlPlane.received('metrics');
    const session = await openWireSession(plugin, { claims: { key: 'leaver' } });
    const version = controlPlane.snapshot.version + 1;
    const leaving = new AbortController();
    const claims = { key: 'leaver', version };
    const left = assert.rejects(session.open({ method: 'GET', claims, signal: leaving.signal }));
    await session.request('ping');
    leaving.abort();
    await left;
    await session.request('ping');
    controlPlane.send('change', { version });
    const reports = metrics().length;
    await eventually('a report', () => metrics().length > reports);
    assert.equal(metrics().at(-1)?.values.sluice_plugin_open_streams, 0);
  });

  it('429 when a principal has too many streams, but not for one that is opened again', async () => {
    const claims = { principal: 'greedy', key: 'greedy-key' };
    const streams: IncomingMessage[] = [];
    const first = await openWireSession(plugin, { claims });
    streams.push(await first.open({ method: 'GET' }));
    for (let i = 1; i < 100; i += 1) {
      const session = await openWireSession(plugin, { claims });
      streams.push(await session.open({ method: 'GET' }));
    }
    const refused = await (await openWireSession(plugin, { claims })).send({ method: 'GET' });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '10');
    const again = await first.open({ method: 'GET' });
    assert.equal(again.statusCode, 200);
    for (const stream of [...streams, again]) stream.destroy();
  });
});
