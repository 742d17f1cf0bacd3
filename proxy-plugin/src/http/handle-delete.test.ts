import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { type PluginUnderTest, startPlugin } from '../testing/start-plugin.ts';
import { openWireSession } from '../testing/wire-session.ts';

describe('DELETE', () => {
  let plugin: PluginUnderTest;

  before(async () => {
    plugin = await startPlugin(sampleSnapshot([]));
  });
  after(() => plugin[Symbol.asyncDispose]());

  it('204 ends the session and its stream, 404 from then on', async () => {
    const session = await openWireSession(plugin);
    const stream = await session.open({ method: 'GET' });
    stream.resume();
    const streamEnded = once(stream, 'close');
    assert.equal((await session.send({ method: 'DELETE' })).status, 204);
    await streamEnded;
    assert.equal((await session.request('ping')).status, 404);
    assert.equal((await session.send({ method: 'DELETE' })).status, 404);
  });

  it('400 without a session', async () => {
    assert.equal((await plugin.send({ method: 'DELETE' })).status, 400);
  });

  it('404 for the session of somebody else, which goes on', async () => {
    const session = await openWireSession(plugin);
    const claims = { principal: 'mallory' };
    assert.equal((await session.send({ method: 'DELETE', claims })).status, 404);
    assert.equal((await session.request('ping')).status, 200);
  });
});
