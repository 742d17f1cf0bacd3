/** Lists of resources and news of them, on the raw wire: one row per feature and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireClient } from './wire-client.ts';

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
  });
}
