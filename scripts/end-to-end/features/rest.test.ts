/** Tools as plain REST, through NGINX on the raw wire: one row per feature and upstream transport. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../../testing/wait-for.ts';
import { type FeatureGateway, startFeatureGateway } from './start-feature-gateway.ts';

let features: FeatureGateway;
before(async () => {
  features = await startFeatureGateway();
});
after(() => features?.[Symbol.asyncDispose]());

function callTool(endpoint: string, tool: string, args: object = {}, signal?: AbortSignal) {
  return fetch(`${features.gateway.url}/metamcp/${endpoint}/api/${tool}`, {
    method: 'POST',
    headers: { 'X-API-Key': features.key, 'Content-Type': 'application/json' },
    body: JSON.stringify(args),
    ...(signal && { signal }),
  });
}

/** Text of the first block of a result. */
async function textOf(reply: Response): Promise<string> {
  assert.equal(reply.status, 200);
  const { content } = (await reply.json()) as { content: { text: string }[] };
  return content[0]?.text ?? '';
}

for (const endpoint of ['stdio', 'http', 'sse']) {
  describe(`with an upstream over ${endpoint}`, () => {
    it('a call is answered with the result alone, whatever the server says besides', async () => {
      assert.equal(await textOf(await callTool(endpoint, 'f__progress')), 'null');
      assert.equal((await callTool(endpoint, 'f__log')).status, 200);
    });

    it('what the server asks of its client is refused: there is nobody to ask', async () => {
      const args = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } };
      const answer = await textOf(await callTool(endpoint, 'f__ask', args));
      assert.match(answer, /"code":-32601/);
    });

    it('a client that leaves cancels its call', async () => {
      const leaving = new AbortController();
      const call = callTool(endpoint, 'f__hang', {}, leaving.signal);
      call.catch(() => {});
      const seen = async (method: string) =>
        textOf(await callTool(endpoint, 'f__seen', { method }));
      const hangs = async () => (await seen('tools/call')).includes('"hang"');
      await waitFor(hangs, 'the call to arrive');
      leaving.abort();
      const isCancelled = async () => (await seen('notifications/cancelled')).includes('requestId');
      await waitFor(isCancelled, 'the server to hear of its end');
    });
  });
}
