/** Streams that break and go on (`Last-Event-ID`), on the raw wire: one row per upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
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

it('a client of the SDK whose stream broke has its reply by itself', async () => {
  const client = new Client(
    { name: 'sdk', version: '1' },
    { capabilities: { roots: {} }, enforceStrictCapabilities: false },
  );
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: 'file:///own' }] }));
  let broken = 0;
  const transport = new StreamableHTTPClientTransport(new URL(features.url('stdio')), {
    requestInit: { headers: { authorization: `Bearer ${features.key}` } },
    async fetch(url, init) {
      const response = await fetch(url, init);
      if (init?.method !== 'POST' || !isEventStream(response)) return response;
      broken += 1;
      return new Response(breakingOff(response, 'roots/list'), response);
    },
  });
  await client.connect(transport);
  const args = { method: 'roots/list', params: {} };
  const result = await client.callTool({ name: 'f__ask', arguments: args });
  assert.match(JSON.stringify(result.content), /file:\/\/\/own/);
  assert.equal(broken, 1);
  await client.close();
});

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

/** The body up to the event that holds `word`; then the connection breaks. */
async function* pieces({ body }: Response, word: string) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    yield chunk;
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(word) && text.endsWith('\n\n')) throw new Error('the connection broke');
  }
}

function breakingOff(response: Response, word: string): ReadableStream {
  return ReadableStream.from(pieces(response, word));
}
