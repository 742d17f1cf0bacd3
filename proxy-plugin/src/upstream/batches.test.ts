/** Batches that upstreams send (MCP 2025-03-26, "Batching": they must be received) are taken message by message. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startHttpStandIn } from './testing/http-stand-in.ts';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { eventually, runTestCall, serverOf, startUpstreams } from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"echo"}' };
const LOG = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}';

describe('a batch of an upstream', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('over stdio holds the reply, and what is bad in it costs no other message', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'batches',
      `serve((m) => {
         const reply = JSON.stringify({ jsonrpc: '2.0', id: m.id, result: { a: [1] } });
         process.stdout.write('[${LOG}, 7, [[1]], ' + reply + ']\\n[]\\n');
       });`,
    );
    for (const round of [1, 2]) {
      const call = await runTestCall(test.upstreams, server, CALL);
      assert.match(call.reply, /"result":\{"a":\[1\]\}/);
      assert.equal(call.notifications.length, 1);
      await eventually('garbage', () => test.counts.get('garbage_messages') === 3 * round);
    }
  });

  for (const type of ['application/json', 'text/event-stream']) {
    it(`over HTTP holds the reply (${type})`, async () => {
      await using stub = await startHttpStandIn(({ id }, response) => {
        const batch = `[${LOG}, {"jsonrpc":"2.0","id":${id},"result":{"a":[1]}}]`;
        response.writeHead(200, { 'content-type': type });
        response.end(type === 'application/json' ? batch : `data: ${batch}\n\n`);
      });
      await using test = startUpstreams();
      const server = serverOf('batches', { transport: 'streamable-http', url: stub.url });
      const call = await runTestCall(test.upstreams, server, CALL);
      assert.match(call.reply, /"result":\{"a":\[1\]\}/);
      assert.equal(call.notifications.length, 1);
    });
  }

  it('over HTTP without the reply is a clear failure', async () => {
    await using stub = await startHttpStandIn((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`[${LOG}]`);
    });
    await using test = startUpstreams();
    const server = serverOf('batches', { transport: 'streamable-http', url: stub.url });
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure?.reason, 'disconnected');
  });
});
