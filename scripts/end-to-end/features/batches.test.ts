/** JSON-RPC batches of revision 2025-03-26, on the raw wire: one row per direction and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireMessage } from './wire-client.ts';

let features: FeatureGateway;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

const open = (endpoint: string, protocolVersion: string) =>
  openWire(features.url(endpoint), features.key, { protocolVersion });
const isMethod = (method: string) => (message: WireMessage) => message.method === method;

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    it('a batch of a client reaches the server message by message, never as one', async () => {
      const wire = await open(endpoint, '2025-03-26');
      const call = (id: unknown, name: string, more: object = {}) => ({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name: `f__${name}`, ...more },
      });
      const seen = { method: 'tools/call', mark: 'b' };
      const progress = call('p', 'progress', { _meta: { progressToken: 'mine' } });
      const stream = await wire.post([progress, call(2, 'seen', { arguments: seen })]);
      const messages = await stream.all();
      assert.deepEqual(
        messages.flatMap(({ id }) => id ?? []).sort(),
        [2, 'p'],
        JSON.stringify(messages),
      );
      const tokens = messages
        .filter(isMethod('notifications/progress'))
        .map(({ params }) => params?.progressToken);
      assert.deepEqual(tokens, ['mine', 'mine', 'mine']);
      assert.match(await wire.text('f__seen', { method: 'tools/call' }), /"mark":"b"/);
    });

    it('a batch of responses answers what servers asked', async () => {
      const capabilities = { roots: {} };
      const options = { capabilities, protocolVersion: '2025-03-26' };
      const wire = await openWire(features.url(endpoint), features.key, options);
      const call = await wire.request('tools/call', {
        name: 'f__ask',
        arguments: { method: 'roots/list', params: {} },
      });
      const { id } = await call.first(isMethod('roots/list'));
      const answered = await wire.post([{ jsonrpc: '2.0', id, result: { roots: ['own'] } }]);
      assert.equal(answered.status, 202);
      assert.match(JSON.stringify(await call.all()), /own/);
    });

    it('a batch of a server reaches the client message by message, never as one', async () => {
      const wire = await open(endpoint, '2025-11-25');
      const messages = await (await wire.request('tools/call', { name: 'f__batch' })).all();
      assert.equal(messages.length, 2, JSON.stringify(messages));
      assert.equal(messages[0]?.method, 'notifications/message');
      assert.match(JSON.stringify(messages[1]?.result), /in a batch/);
    });
  });
}

it('a batch in a session of another revision is refused, and says why', async () => {
  const wire = await open('stdio', '2025-06-18');
  const reply = await wire.post([{ jsonrpc: '2.0', id: 1, method: 'ping' }]);
  assert.equal(reply.status, 400);
  assert.match(JSON.stringify(await reply.all()), /2025-03-26/);
});
