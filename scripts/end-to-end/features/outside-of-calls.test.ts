/** What servers say outside of calls, on the raw wire: one row per message and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { issueKey } from '../provision.ts';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireMessage } from './wire-client.ts';

const LOG = 'notifications/message';
const COMPLETE = 'notifications/elicitation/complete';

let features: FeatureGateway;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

const isMethod = (method: string) => (message: WireMessage) => message.method === method;
const open = (endpoint: string, key = features.key) =>
  openWire(features.url(endpoint), key, { capabilities: { elicitation: { url: {} } } });
const log = (level: string) => ({ method: LOG, params: { level, logger: 'db', data: 1 } });

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    it('a log message after a call reaches the session’s stream, from its level on', async () => {
      const wire = await open(endpoint);
      await wire.request('logging/setLevel', { level: 'warning' });
      const stream = await wire.listen();
      await wire.text('f__later', log('info'));
      await wire.text('f__later', log('error'));
      const { params } = await stream.first(isMethod(LOG));
      assert.deepEqual(params, { level: 'error', logger: `${endpoint}/db`, data: 1 });
      stream.close();
    });

    it('an elicitation that is complete after its call is told to the session that was asked', async () => {
      const [wire, other] = [await open(endpoint), await open(endpoint)];
      const [stream, others] = [await wire.listen(), await other.listen()];
      const elicitationId = `id ${endpoint}`;
      const params = { mode: 'url', message: 'Log in', url: 'https://a.example', elicitationId };
      const call = await wire.request('tools/call', {
        name: 'f__ask',
        arguments: { method: 'elicitation/create', params },
      });
      const { id } = await call.first(isMethod('elicitation/create'));
      await wire.post({ jsonrpc: '2.0', id, result: { action: 'accept' } });
      await call.all();
      await wire.text('f__later', { method: COMPLETE, params: { elicitationId } });
      const told = await stream.first(isMethod(COMPLETE));
      assert.deepEqual(told.params, { elicitationId });
      assert.ok(!others.messages.some(isMethod(COMPLETE)));
      for (const one of [stream, others]) one.close();
    });
  });
}

it('nobody hears the log of somebody else’s child', async () => {
  const [wire, other] = [await open('stdio'), await open('stdio', await otherKey())];
  await other.text('f__seen', {});
  const [stream, others] = [await wire.listen(), await other.listen()];
  await wire.text('f__later', log('error'));
  await stream.first(isMethod(LOG));
  assert.ok(!others.messages.some(isMethod(LOG)));
  for (const one of [stream, others]) one.close();
});

it('nobody hears the log of a server that callers share', async () => {
  const [wire, own] = [await open('shared'), await open('stdio')];
  const [stream, end] = [await wire.listen(), await own.listen()];
  await wire.text('f__later', log('error'));
  await own.text('f__later', log('error'));
  await end.first(isMethod(LOG));
  assert.ok(!stream.messages.some(isMethod(LOG)));
  for (const one of [stream, end]) one.close();
});

const otherKey = () => issueKey(features.gateway, 'other');
