/** What a server says by itself: requests, and notifications that concern no call. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { callerOf, eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';

describe('messages of a server', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  it('a server’s ping is answered, and its other requests are refused and counted', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'asks',
      `let call;
      const answers = [];
      serve((m) => {
        if (m.method === 'tools/call') {
          call = m.id;
          send({ jsonrpc: '2.0', id: 'p', method: 'ping' });
          send({ jsonrpc: '2.0', id: 7, method: 'sampling/createMessage', params: {} });
        } else {
          answers.push(m);
          if (answers.length === 2) text(call, JSON.stringify(answers));
        }
      });`,
    );
    const { reply } = await runTestCall(test.upstreams, server, { method: 'tools/call' });
    const [pong, refusal] = JSON.parse(JSON.parse(reply).result.content[0].text);
    assert.deepEqual(pong, { jsonrpc: '2.0', id: 'p', result: {} });
    assert.deepEqual([refusal.id, refusal.error.code], [7, -32601]);
    assert.equal(test.counts.get('refused_server_requests'), 1);
  });

  it('lists are fetched again and published when the server says that they changed', async () => {
    await using test = startUpstreams();
    const server = await standIns.write(
      'changes',
      `let name = 'before';
      serve((m) => {
        name = 'after';
        for (let i = 0; i < 50; i += 1) send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
        text(m.id, 'ok');
      }, { tools: () => [{ name, inputSchema: { type: 'object' } }] });`,
    );
    const names = async () =>
      (await test.upstreams.lists(server, callerOf('alice'))).tools[0]?.name;
    assert.equal(await names(), 'before');
    await runTestCall(test.upstreams, server, { method: 'tools/call' });
    await eventually('the new list', async () => (await names()) === 'after');
    assert.deepEqual(
      test.published.map(({ lists }) => lists.tools[0]?.name),
      ['before', 'after'],
    );
  });
});
