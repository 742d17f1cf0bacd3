/** HTTP servers whose streams never end or hardly move: their calls end in time, the memory stays, others go on. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { answer, type HttpStandIn, startHttpStandIn } from './testing/http-stand-in.ts';
import { eventually, runTestCall, serverOf, startUpstreams } from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };
const TIMEOUT_MS = 1_500;
/** Of another server, while this one floods; both share the event loop with the flood's sender. */
const UNAFFECTED_MS = 3_000;
const MOST_GROWTH = 150 * 1024 * 1024;
const STREAM = { 'Content-Type': 'text/event-stream' };

/** Writes it again and again, as fast as it is taken, until the connection ends. */
function flood(response: ServerResponse, text: string): void {
  const more = () => {
    if (response.destroyed) return;
    if (response.write(text)) setImmediate(more);
    else response.once('drain', more);
  };
  more();
}

const notification = (method: string, params: unknown) =>
  `data: ${JSON.stringify({ jsonrpc: '2.0', method, params })}\n\n`;

const ENDLESS: Readonly<Record<string, string>> = {
  comments: ': still there\n\n'.repeat(500),
  'log messages': notification('notifications/message', { level: 'info', data: 'x' }).repeat(500),
  'empty events': 'data:\n\n'.repeat(500),
  'list changes': notification('notifications/tools/list_changed', {}).repeat(500),
  requests: 'data: {"jsonrpc":"2.0","id":1,"method":"roots/list"}\n\n'.repeat(20),
  'replies to nobody': 'data: {"jsonrpc":"2.0","id":999,"result":{}}\n\n'.repeat(500),
  garbage: 'data: {"jsonrpc"\n\ndata: [\n\nevent: x\n\n'.repeat(500),
};

describe('a stream of an HTTP server', () => {
  let healthyStandIn: HttpStandIn;
  let healthy: ServerRuntime;
  before(async () => {
    healthyStandIn = await startHttpStandIn((message, response) => answer(response, message, {}));
    healthy = serverOf('healthy', { transport: 'streamable-http', url: healthyStandIn.url });
  });
  after(() => healthyStandIn[Symbol.asyncDispose]());

  const remote = (standIn: HttpStandIn) =>
    serverOf('remote', {
      transport: 'streamable-http',
      url: standIn.url,
      requestTimeoutMs: TIMEOUT_MS,
    });

  for (const [what, text] of Object.entries(ENDLESS)) {
    it(`that has endless ${what} instead of a reply ends with its call`, async () => {
      const closed = Promise.withResolvers<void>();
      await using standIn = await startHttpStandIn((message, response) => {
        if (message.method !== 'tools/call') return answer(response, message, { tools: [] });
        response.on('close', () => closed.resolve());
        flood(response.writeHead(200, STREAM), text);
      });
      await using test = startUpstreams();
      await runTestCall(test.upstreams, healthy, CALL);
      const before = process.memoryUsage.rss();
      const flooded = runTestCall(test.upstreams, remote(standIn), CALL);
      const startedAt = performance.now();
      assert.ok((await runTestCall(test.upstreams, healthy, CALL)).summary);
      assert.ok(performance.now() - startedAt < UNAFFECTED_MS);
      const { failure } = await flooded;
      assert.match(failure?.reason ?? '', /^(timeout|garbage)$/);
      await closed.promise;
      assert.ok(process.memoryUsage.rss() - before < MOST_GROWTH);
    });
  }

  it('of a session that is flooded with garbage does not keep its calls from being answered', async () => {
    await using standIn = await startHttpStandIn(
      (message, response) => answer(response, message, { tools: [] }),
      (message, response, { method }) => {
        if (method === 'GET') flood(response.writeHead(200, STREAM), ENDLESS.garbage ?? '');
        if (message.method !== 'initialize') return;
        response.setHeader('Mcp-Session-Id', 'one');
        answer(response, message, {
          protocolVersion: '2025-11-25',
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: 'flood', version: '1' },
        });
      },
    );
    await using test = startUpstreams();
    const server = remote(standIn);
    await runTestCall(test.upstreams, server, CALL);
    await eventually('garbage', () => (test.counts.get('garbage_messages') ?? 0) > 10_000);
    for (let n = 0; n < 5; n += 1) {
      assert.ok((await runTestCall(test.upstreams, server, CALL)).summary);
    }
  });

  it('that drips its reply byte by byte is carried whole', async () => {
    await using standIn = await startHttpStandIn((message, response) => {
      const reply = `data: {"jsonrpc":"2.0","id":${message.id},"result":{"text":"slow ü"}}\n\n`;
      const bytes = [...Buffer.from(reply)];
      response.writeHead(200, STREAM);
      const drip = setInterval(() => {
        const byte = bytes.shift();
        if (byte !== undefined) response.write(Buffer.from([byte]));
        if (bytes.length > 0) return;
        clearInterval(drip);
        response.end();
      }, 1);
    });
    await using test = startUpstreams();
    const { reply } = await runTestCall(test.upstreams, remote(standIn), CALL);
    assert.deepEqual(JSON.parse(reply).result, { text: 'slow ü' });
  });
});
