/** What servers ask of clients, on the raw wire: one row per feature and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';
import { openWire, type WireClient, type WireMessage } from './wire-client.ts';

const CAPABILITIES = { roots: {}, sampling: { tools: {} }, elicitation: { form: {}, url: {} } };

const isResult = ({ result }: WireMessage) => result !== undefined;
const isMethod = (method: string) => (message: WireMessage) => message.method === method;
const textOf = (message: WireMessage | undefined) =>
  (message?.result?.content as { text: string }[] | undefined)?.[0]?.text ?? '';

let features: FeatureGateway;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

const open = (endpoint: string, capabilities: unknown = CAPABILITIES) =>
  openWire(features.url(endpoint), features.key, { capabilities });

/** Calls `f__ask`, answers what comes with `answer`, and gives both ends' view of it. */
async function ask(wire: WireClient, args: unknown, answer: string) {
  const call = await wire.request('tools/call', { name: 'f__ask', arguments: args });
  const request = await call.first(({ method }) => method !== undefined);
  const response = `{"jsonrpc": "2.0", "id": ${JSON.stringify(request.id)}, ${answer}}`;
  assert.equal((await wire.post(response)).status, 202);
  return { request, heard: textOf((await call.all()).at(-1)) };
}

const ASKED: Readonly<Record<string, { readonly params: object; readonly answer: string }>> = {
  'sampling/createMessage': {
    params: { messages: [], maxTokens: 1, tools: [{ name: 't' }], 'x-unknown': { y: null } },
    answer: '"result": {"model":"m","role":"assistant","content":{"type":"text","text":"\\u00fc"}}',
  },
  'elicitation/create': {
    params: { message: 'Name?', requestedSchema: { type: 'object', properties: {} } },
    answer: '"result":{"action":"accept","content":{"n":1.0},"x-unknown":[1 , 2]}',
  },
  'roots/list': { params: {}, answer: '"result":{"roots":[{"uri":"file:///a","x":1e2}]}' },
};

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    for (const [method, { params, answer }] of Object.entries(ASKED)) {
      it(`${method} reaches the client on its call’s stream, and the answer the server`, async () => {
        const { request, heard } = await ask(await open(endpoint), { method, params }, answer);
        assert.deepEqual([request.method, request.params], [method, params]);
        assert.ok(heard.includes(answer), heard);
        assert.match(heard, /"id": ?"ask ü \d+"/);
      });
    }

    it('elicitation by URL reaches the client', async () => {
      const params = {
        mode: 'url',
        message: 'Log in',
        url: 'https://a.example',
        elicitationId: 'e',
      };
      const args = { method: 'elicitation/create', params };
      const { request } = await ask(await open(endpoint), args, '"result":{"action":"decline"}');
      assert.deepEqual(request.params, params);
    });

    it('an error of the client reaches the server as it is', async () => {
      const error = '"error":{"code":-1,"message":"User rejected","data":{"x":1.0}}';
      const args = { method: 'sampling/createMessage', params: { messages: [] } };
      const { heard } = await ask(await open(endpoint), args, error);
      assert.ok(heard.includes(error), heard);
    });

    it('a server asks nothing that the client did not declare', async () => {
      const wire = await open(endpoint, { roots: {} });
      const heard = await wire.text('f__ask', { method: 'elicitation/create', params: {} });
      assert.equal(JSON.parse(heard).error.code, -32601);
      assert.match(
        await wire.text('f__seen', { method: 'initialize' }),
        /"capabilities":\{"roots":\{\}\}/,
      );
    });

    it('a client that takes no stream is not asked', async () => {
      const wire = await open(endpoint);
      const args = { method: 'roots/list' };
      const message = {
        jsonrpc: '2.0',
        id: 77,
        method: 'tools/call',
        params: { name: 'f__ask', arguments: args },
      };
      const call = await wire.post(message, { accept: 'application/json' });
      assert.equal(JSON.parse(textOf((await call.all())[0])).error.code, -32601);
    });

    it('ping of a server is answered by the gateway', async () => {
      const heard = await (await open(endpoint)).text('f__ask', { method: 'ping' });
      assert.deepEqual(JSON.parse(heard).result, {});
    });

    it('ping of a client is answered by the gateway', async () => {
      const [pong] = await (await (await open(endpoint)).request('ping')).all();
      assert.deepEqual(pong?.result, {});
    });

    it('a server that withdraws its question cancels it at the client', async () => {
      const args = { method: 'roots/list', withdraw: true };
      const call = await (await open(endpoint)).request('tools/call', {
        name: 'f__ask',
        arguments: args,
      });
      const [asked, cancelled] = await call.all();
      assert.equal(asked?.method, 'roots/list');
      assert.equal(cancelled?.method, 'notifications/cancelled');
      assert.equal(cancelled?.params?.requestId, asked?.id);
    });

    it('a call that is cancelled answers the question that it had asked with an error', async () => {
      const wire = await open(endpoint);
      const call = await wire.request('tools/call', {
        name: 'f__ask',
        arguments: { method: 'roots/list' },
      });
      const asked = await call.first(isMethod('roots/list'));
      const { id } = { id: 2 };
      await wire.post({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: id },
      });
      await call.all();
      const late = await wire.post({ jsonrpc: '2.0', id: asked.id, result: { roots: [] } });
      assert.equal(late.status, 202);
      const seen = await wire.text('f__seen', {});
      assert.match(seen, /"error":\{"code":-32603/);
      assert.doesNotMatch(seen, /"roots":\[\]/);
    });

    it('another session can’t answer in a client’s place', async () => {
      const [wire, other] = [await open(endpoint), await open(endpoint)];
      const call = await wire.request('tools/call', {
        name: 'f__ask',
        arguments: { method: 'roots/list' },
      });
      const { id } = await call.first(isMethod('roots/list'));
      await other.post({ jsonrpc: '2.0', id, result: { roots: ['forged'] } });
      await wire.post({ jsonrpc: '2.0', id, result: { roots: ['own'] } });
      assert.match(textOf((await call.all()).find(isResult)), /own/);
    });
  });
}

it('a child that several callers share asks nobody', async () => {
  const heard = await (await open('shared')).text('f__ask', { method: 'roots/list' });
  assert.equal(JSON.parse(heard).error.code, -32601);
});

it('a child with two calls in flight asks nobody: which one it would be for can’t be told', async () => {
  const wire = await open('stdio');
  const hanging = await wire.post({
    jsonrpc: '2.0',
    id: 'h',
    method: 'tools/call',
    params: { name: 'f__hang', _meta: { progressToken: 1 } },
  });
  const heard = await wire.text('f__ask', { method: 'roots/list' });
  assert.equal(JSON.parse(heard).error.code, -32601);
  const params = { requestId: 'h' };
  await wire.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  await hanging.all();
});

it('people are told which of several servers asks them', async () => {
  const args = { method: 'elicitation/create', params: { message: 'Name?' } };
  const { request } = await ask(await open('both'), args, '"result":{"action":"cancel"}');
  assert.equal(request.params?.message, '[stdio] Name?');
});
