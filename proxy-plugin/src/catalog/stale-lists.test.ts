/** Lists of HTTP servers grow old: who lists a namespace has them fetched again, and does not wait for that. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { answer, startHttpStandIn } from '../upstream/testing/http-stand-in.ts';
import {
  callerOf,
  eventually,
  serverOf,
  startUpstreams,
} from '../upstream/testing/test-upstreams.ts';
import { type Catalogs, createCatalogs } from './catalogs.ts';

/** A server over HTTP whose tools and health can change, in a namespace, a minute old at will. */
async function start() {
  const state = { tools: ['pull'], down: false, now: Date.now() };
  const standIn = await startHttpStandIn((message, response) => {
    if (state.down) response.writeHead(503).end();
    else answer(response, message, { tools: state.tools.map((name) => ({ name })) });
  });
  const server = serverOf('remote', { transport: 'streamable-http', url: standIn.url });
  const snapshot = sampleSnapshot([server]);
  const now = () => state.now;
  const test = startUpstreams({
    now,
    onLists: (...listed) => catalogs.update(...listed),
  });
  const { upstreams } = test;
  const catalogs: Catalogs = createCatalogs({ snapshot: () => snapshot, upstreams, now });
  const { dev } = snapshot.namespaces;
  assert.ok(dev);
  return {
    state,
    listings: () => standIn.requests.filter(({ body }) => body.includes('tools/list')).length,
    async tools() {
      const { catalog } = await catalogs.settled(dev, callerOf('alice'));
      return [...catalog.tools.keys()];
    },
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

describe('lists of a server over HTTP', () => {
  it('are fetched again by a request when they are older than a minute', async () => {
    await using test = await start();
    assert.deepEqual(await test.tools(), ['remote__pull']);
    test.state.tools = ['push'];
    assert.deepEqual(await test.tools(), ['remote__pull']);
    assert.equal(test.listings(), 1);
    test.state.now += 61_000;
    assert.deepEqual(await test.tools(), ['remote__pull']);
    await eventually('the new tool', async () => (await test.tools()).includes('remote__push'));
    assert.equal(test.listings(), 2);
  });

  it('stay while it is down, and it is asked once a minute', async () => {
    await using test = await start();
    await test.tools();
    test.state.down = true;
    for (const minute of [1, 2]) {
      test.state.now += 61_000;
      await test.tools();
      await eventually('another try', () => test.listings() === 1 + minute);
      for (let i = 0; i < 5; i += 1) assert.deepEqual(await test.tools(), ['remote__pull']);
    }
    assert.equal(test.listings(), 3);
  });
});
