/** Clients that read slowly or not at all: what they get ends once, and costs others nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { answer, startHttpStandIn } from './testing/http-stand-in.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
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
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

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

  it('leave the health of an HTTP server as it is when their time is up', async () => {
    await using standIn = await startHttpStandIn((message, response) =>
      answer(response, message, { tools: [], text: 'x'.repeat(200_000) }),
    );
    await using test = startUpstreams();
    const { url } = standIn;
    const changes = { transport: 'streamable-http', url, requestTimeoutMs: 200 } as const;
    const server = serverOf('remote', changes);
    test.upstreams.configure('remote', server);
    const { heard } = callWithoutReading(test.upstreams, server);
    await eventually('its end', () => heard.at(-1) === 'slow_client');
    await test.upstreams.sync(server);
    await eventually('a status', () => test.statuses.get('remote')?.tools === 0);
    const { health, lastError } = test.statuses.get('remote') ?? {};
    assert.deepEqual([health, lastError], ['ready', undefined]);
  });

  it('never make a shared server count as hanging, however many of their calls time out', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'shared',
      `serve((m) => text(m.id, m.params ? process.pid : 'x'.repeat(200000)));`,
      { isolation: 'shared', requestTimeoutMs: 300 },
    );
    test.upstreams.configure('shared', server);
    const pid = async () =>
      (await runTestCall(test.upstreams, server, { method: 'pid', params: '{}' })).reply;
    const first = await pid();
    const slow = [1, 2, 3, 4].map(() => callWithoutReading(test.upstreams, server).heard);
    await eventually('their ends', () => slow.every((heard) => heard.at(-1) === 'slow_client'));
    assert.equal(await pid(), first);
    await eventually('a status', () => test.statuses.get('shared')?.health === 'ready');
    assert.equal(test.statuses.get('shared')?.lastError, undefined);
    assert.equal(test.counts.get('starts'), 1);
  });
});
