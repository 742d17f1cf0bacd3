/** Clients that read slowly or not at all: what they get ends once, and costs others nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { startHttpStandIn } from './testing/http-stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
} from './testing/test-upstreams.ts';
import type { Upstreams } from './upstream.ts';

/** A call whose client takes the first piece and reads no further, until it is resumed. */
function callWithoutReading(upstreams: Upstreams, server: ServerRuntime) {
  const heard: string[] = [];
  const running = upstreams.call(
    {
      server,
      caller: callerOf('alice'),
      method: 'tools/call',
      params: undefined,
      clientId: Buffer.from('1'),
    },
    {
      notification() {},
      chunk: () => heard.push('chunk') < 0,
      end: () => heard.push('end'),
      fail: ({ reason }) => heard.push(reason),
    },
  );
  return { heard, running };
}

describe('clients that do not read', () => {
  it('a cancelled HTTP call ends once and frees its place once, though its client drains later', async () => {
    await using standIn = await startHttpStandIn((message, response) => {
      if (message.method === 'hang') return;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(
        `data: {"jsonrpc":"2.0","id":${message.id},"result":{"a":"${'x'.repeat(60_000)}`,
      );
      setTimeout(() => response.end(`${'x'.repeat(10_000)}"}}\n\n`), 50);
    });
    await using test = startUpstreams();
    const { url } = standIn;
    const server = serverOf('remote', { transport: 'streamable-http', url, maxUpstreams: 1 });
    const { heard, running } = callWithoutReading(test.upstreams, server);
    await eventually('the first piece', () => heard.length === 1);
    running.cancel('gone');
    for (let i = 0; i < 5; i += 1) running.resume();
    assert.deepEqual(heard, ['chunk', 'cancelled']);
    void runTestCall(test.upstreams, server, { method: 'hang' });
    await eventually('a busy upstream', () =>
      standIn.requests.some(({ body }) => body.includes('"hang"')),
    );
    const bob = { method: 'tools/call', caller: callerOf('bob') };
    const { failure } = await runTestCall(test.upstreams, server, bob);
    assert.equal(failure?.reason, 'capacity');
  });
});
