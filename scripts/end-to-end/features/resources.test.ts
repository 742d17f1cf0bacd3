/** Lists of resources and news of them, on the raw wire: one row per feature and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { waitFor } from '../../testing/wait-for.ts';
import { issueKey } from '../provision.ts';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireClient, type WireMessage, type WireStream } from './wire-client.ts';

let features: FeatureGateway;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

const open = (endpoint: string) => openWire(features.url(endpoint), features.key);

/** The only message of an answer. */
async function answer(wire: WireClient, method: string, params: unknown) {
  const [message] = await (await wire.request(method, params)).all();
  assert.ok(message);
  return message;
}

const isUpdated = ({ method }: WireMessage) => method === 'notifications/resources/updated';
const updates = ({ messages }: WireStream) =>
  messages.filter(isUpdated).map(({ params }) => params);

/** The methods that the server was asked about `uri`, all sessions together. */
async function asked(wire: WireClient, uri: string): Promise<string[]> {
  const messages: { method: string; params: { uri: string } }[] = [];
  for (const method of ['resources/subscribe', 'resources/unsubscribe']) {
    messages.push(...JSON.parse(await wire.text('f__seen', { method })));
  }
  return messages.filter(({ params }) => params.uri === uri).map(({ method }) => method);
}

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    it('a long list comes page by page, whatever the pages of the server are', async () => {
      const wire = await open(endpoint);
      const first = (await answer(wire, 'resources/list', {})).result;
      const { nextCursor: cursor } = first ?? {};
      const last = (await answer(wire, 'resources/list', { cursor })).result;
      assert.ok(last && !('nextCursor' in last));
      const names = [first?.resources, last.resources].flatMap((page) =>
        (page as { name: string }[]).map(({ name }) => name),
      );
      assert.deepEqual(names, ['one', ...Array.from({ length: 1_200 }, (_, i) => `${i}`)]);
      const foreign = await answer(await open(endpoint), 'resources/list', { cursor });
      assert.equal(foreign.error?.code, -32602);
    });

    it('news of a resource reach the sessions that subscribed to it, under its visible URI', async () => {
      const [wire, other] = [await open(endpoint), await open(endpoint)];
      const [stream, silent] = [await wire.listen(), await other.listen()];
      const { resources } = wire.hello.capabilities as { resources: object };
      assert.deepEqual(resources, { listChanged: true, subscribe: true });
      const uri = `${endpoint}+test://one`;
      assert.deepEqual((await answer(wire, 'resources/subscribe', { uri })).result, {});
      await wire.text('f__touch', { uri: 'test://other' });
      await wire.text('f__touch', { uri: 'test://one' });
      await stream.first(isUpdated);
      assert.deepEqual([updates(stream), updates(silent)], [[{ uri }], []]);
      assert.deepEqual((await answer(wire, 'resources/unsubscribe', { uri })).result, {});
      for (const one of [stream, silent]) one.close();
    });

    it('several sessions are one subscription, which ends with the last of them', async () => {
      const uri = `${endpoint}+test://many/1`;
      const sessions = [await open(endpoint), await open(endpoint)] as const;
      const streams = [await sessions[0].listen(), await sessions[1].listen()] as const;
      for (const wire of sessions) await answer(wire, 'resources/subscribe', { uri });
      await sessions[0].text('f__touch', { uri: 'test://many/1' });
      for (const stream of streams)
        assert.deepEqual((await stream.first(isUpdated)).params, { uri });
      await answer(sessions[0], 'resources/unsubscribe', { uri });
      const observer = await open(endpoint);
      assert.deepEqual(await asked(observer, 'test://many/1'), ['resources/subscribe']);
      assert.equal(await sessions[1].end(), 204);
      const both = ['resources/subscribe', 'resources/unsubscribe'];
      await waitFor(
        async () => isDeepStrictEqual(await asked(observer, 'test://many/1'), both),
        'the end of the subscription',
      );
      streams[0].close();
    });

    it('a key that may not read a resource can’t subscribe to it, nor tell it from none', async () => {
      const key = await issueKey(features.gateway, `no-resources-${endpoint}`, {
        endpoints: ['*'],
        allow: ['*/echo'],
      });
      const wire = await openWire(features.url(endpoint), key);
      const uris = [`${endpoint}+test://one`, 'made-up', `nobody+test://one`];
      const errors = [];
      for (const uri of uris)
        errors.push((await answer(wire, 'resources/subscribe', { uri })).error);
      assert.deepEqual(
        errors,
        uris.map((uri) => ({ code: -32002, message: 'Resource not found', data: { uri } })),
      );
      const { resources } = wire.hello.capabilities as { resources: object };
      assert.deepEqual(resources, { listChanged: true });
      assert.deepEqual(await asked(await open(endpoint), uris[0] ?? ''), []);
    });
  });
}

it('on a shared child each principal hears of what it subscribed to, and of nothing else', async () => {
  const bobsKey = await issueKey(features.gateway, 'bob');
  const alice = await open('shared');
  const bob = await openWire(features.url('shared'), bobsKey);
  const [hers, his] = [await alice.listen(), await bob.listen()];
  await answer(alice, 'resources/subscribe', { uri: 'shared+test://one' });
  await answer(bob, 'resources/subscribe', { uri: 'shared+test://many/2' });
  await bob.text('f__touch', { uri: 'test://one' });
  await alice.text('f__touch', { uri: 'test://many/2' });
  await Promise.all([hers.first(isUpdated), his.first(isUpdated)]);
  assert.deepEqual(updates(hers), [{ uri: 'shared+test://one' }]);
  assert.deepEqual(updates(his), [{ uri: 'shared+test://many/2' }]);
  for (const stream of [hers, his]) stream.close();
});
