/** What clients ask of servers and what servers tell them, on the raw wire: one row per feature and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { issueKey } from '../provision.ts';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireMessage } from './wire-client.ts';

const isResult = ({ result }: WireMessage) => result !== undefined;
const isMethod = (method: string) => (message: WireMessage) => message.method === method;
const textOf = (message: WireMessage | undefined) =>
  (message?.result?.content as { text: string }[] | undefined)?.[0]?.text ?? '';

let features: FeatureGateway;
let narrowKey: Promise<string> | undefined;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

const open = (endpoint: string) => openWire(features.url(endpoint), features.key);

/** With a key that may use nothing but `echo`. */
async function openNarrow(endpoint: string) {
  narrowKey ??= issueKey(features.gateway, 'narrow', { endpoints: ['*'], allow: ['*/echo'] });
  return openWire(features.url(endpoint), await narrowKey);
}

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    it('progress comes back under the client’s own token, only growing, and never late', async () => {
      for (const progressToken of ['tökén', 0, 12.5]) {
        const params = { name: 'f__progress', _meta: { progressToken, x: 1 } };
        const call = await (await open(endpoint)).request('tools/call', params);
        const messages = await call.all();
        const own = JSON.parse(textOf(messages.at(-1)));
        assert.ok(Number.isInteger(own), 'the server gets an integer of ours');
        assert.deepEqual(
          messages.slice(0, -1).map((message) => message.params),
          [1, 2, 3].map((n) => ({ progressToken, progress: n, total: 9, message: `step ${n}` })),
        );
      }
    });

    it('a client that wants no progress makes no token', async () => {
      assert.equal(await (await open(endpoint)).text('f__progress'), 'null');
    });

    it('log messages of a call reach its session from the level it set, naming the server', async () => {
      const wire = await open(endpoint);
      const logs = async () => {
        const call = await wire.request('tools/call', { name: 'f__log' });
        return (await call.all()).filter(isMethod('notifications/message')).map((m) => m.params);
      };
      const error = { level: 'error', logger: endpoint, data: 'no logger' };
      const debug = { level: 'debug', logger: `${endpoint}/db`, data: { n: 1 } };
      assert.deepEqual(await logs(), [debug, error]);
      const [set] = await (await wire.request('logging/setLevel', { level: 'error' })).all();
      assert.deepEqual(set?.result, {});
      assert.deepEqual(await logs(), [error]);
      await wire.request('logging/setLevel', { level: 'debug' });
      assert.deepEqual(await logs(), [debug, error]);
      const seen = await wire.text('f__seen', { method: 'logging/setLevel' });
      assert.match(seen, /"level":"debug"/);
      const [wrong] = await (await wire.request('logging/setLevel', { level: 'loud' })).all();
      assert.equal(wrong?.error?.code, -32602);
    });

    it('a client’s cancellation reaches the server under its own id, and ends the call', async () => {
      const wire = await open(endpoint);
      const params = { name: 'f__hang', _meta: { progressToken: 1 } };
      const call = await wire.post({ jsonrpc: '2.0', id: 'c', method: 'tools/call', params });
      await call.first(isMethod('notifications/progress'));
      const cancelled = { requestId: 'c', reason: 'enough' };
      await wire.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancelled });
      assert.ok(!(await call.all()).some(isResult));
      const seen = await wire.text('f__seen', { method: 'notifications/cancelled' });
      assert.match(seen, /"requestId":\d+,"reason":"enough"/);
    });

    it('completion goes to the owner of a prompt or template, under its own name', async () => {
      const wire = await open(endpoint);
      const argument = { name: 'kind', value: 'h' };
      const uri = `${endpoint}+test://any/{id}`;
      const refs = [
        [
          { type: 'ref/prompt', name: 'f__poem', x: 1 },
          { type: 'ref/prompt', name: 'poem', x: 1 },
        ],
        [
          { type: 'ref/resource', uri },
          { type: 'ref/resource', uri: 'test://any/{id}' },
        ],
      ] as const;
      for (const [ref, own] of refs) {
        const params = { ref, argument, context: { arguments: { a: 'b' } } };
        const [reply] = await (await wire.request('completion/complete', params)).all();
        const completion = { values: [JSON.stringify(own)], total: 1, hasMore: false };
        assert.deepEqual(reply?.result, { completion, 'x-unknown': 1 });
      }
      const unknown = { ref: { type: 'ref/prompt', name: 'poem' }, argument };
      const [reply] = await (await wire.request('completion/complete', unknown)).all();
      assert.equal(reply?.error?.code, -32602);
    });

    it('a client sees what the server lists for clients of its capabilities', async () => {
      const namesFor = async (capabilities: unknown) => {
        const wire = await openWire(features.url(endpoint), features.key, { capabilities });
        const [list] = await (await wire.request('tools/list')).all();
        const tools = (list?.result?.tools ?? []) as { name: string }[];
        return tools.map(({ name }) => name);
      };
      const [able, unable] = [await namesFor({ sampling: {} }), await namesFor({})];
      assert.deepEqual([able.includes('f__sample'), unable.includes('f__sample')], [true, false]);
      assert.deepEqual(await namesFor({ sampling: {} }), able, 'in the same order again');
    });

    it('a server’s changed list reaches the sessions that see it, and is the new one', async () => {
      const [wire, narrow] = [await open(endpoint), await openNarrow(endpoint)];
      const [stream, blind] = [await wire.listen(), await narrow.listen()];
      const name = `new-${endpoint}`;
      await wire.text('f__grow', { name });
      await stream.first(isMethod('notifications/tools/list_changed'));
      const [list] = await (await wire.request('tools/list')).all();
      const tools = list?.result?.tools as { name: string }[];
      assert.ok(tools.some((tool) => tool.name === `f__${name}`));
      assert.deepEqual([stream.messages.length, blind.messages.length], [1, 0]);
      for (const one of [stream, blind]) one.close();
    });
  });
}

it('nothing is completed for a prompt that a key may not use', async () => {
  const wire = await openNarrow('stdio');
  const argument = { name: 'kind', value: 'h' };
  const refs = [
    { type: 'ref/prompt', name: 'f__poem' },
    { type: 'ref/resource', uri: 'stdio+test://any/{id}' },
  ];
  for (const ref of refs) {
    const [reply] = await (await wire.request('completion/complete', { ref, argument })).all();
    assert.equal(reply?.error?.code, -32602);
  }
});
