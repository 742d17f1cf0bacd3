/** Streams that break and go on (`Last-Event-ID`), on the raw wire: one row per upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireMessage } from './wire-client.ts';

let features: FeatureGateway;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

const isMethod = (method: string) => (message: WireMessage) => message.method === method;

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    it('a call whose stream broke goes on, and its reply comes on the stream that is resumed', async () => {
      const wire = await openWire(features.url(endpoint), features.key, {
        capabilities: { roots: {} },
      });
      const call = await wire.request('tools/call', {
        name: 'f__ask',
        arguments: { method: 'roots/list', params: {} },
      });
      const asked = await call.first(isMethod('roots/list'));
      call.close();
      await wire.post({ jsonrpc: '2.0', id: asked.id, result: { roots: ['own'] } });
      const resumed = await wire.listen({ 'last-event-id': call.lastEventId });
      const messages = await resumed.all();
      assert.equal(messages.length, 1, JSON.stringify(messages));
      assert.match(JSON.stringify(messages[0]?.result), /own/);
    });

    it('a session’s stream that broke says again what its client missed', async () => {
      const wire = await openWire(features.url(endpoint), features.key);
      await wire.text('f__seen', {});
      await wire.request('tools/list');
      const stream = await wire.listen();
      await wire.text('f__grow', { name: `resumed-${endpoint}` });
      await stream.first(isMethod('notifications/tools/list_changed'));
      stream.close();
      const before = stream.lastEventId.replace(/-\w+$/, '-0');
      const resumed = await wire.listen({ 'last-event-id': before });
      await resumed.first(isMethod('notifications/tools/list_changed'));
      resumed.close();
    });
  });
}
