/** Watched resources: one subscription for all who watch, kept over crashes, changes and idle times. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  startUpstreams,
  type TestUpstreams,
} from './testing/test-upstreams.ts';

/** Remembers what it is asked; `touch` tells of the URIs that it is given, `die` ends the child. */
const SCRIPT = `
const seen = [];
serve(({ id, method, params }) => {
  if (/subscribe$/.test(method)) {
    seen.push(method.slice(10) + ' ' + params.uri);
    if (params.uri !== 'a:bad') return reply(id, {});
    return send({ jsonrpc: '2.0', id, error: { code: -32002, message: 'no such resource' } });
  }
  if (method === 'die') process.exit(1);
  for (const uri of params?.uris ?? []) {
    send({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri, 'x-unknown': 1 } });
  }
  text(id, seen.join(', '));
}, { capabilities: { tools: {}, resources: { subscribe: true } } });
`;

describe('watched resources', () => {
  let standIns: StandIns;
  before(async () => {
    standIns = await createStandIns();
  });
  after(() => standIns[Symbol.asyncDispose]());

  const write = (name: string, changes: Partial<ServerRuntime> = {}, script = SCRIPT) =>
    standIns.write(name, script, changes);

  async function watch(
    { upstreams }: TestUpstreams,
    server: ServerRuntime,
    uri: string,
    principal = 'alice',
  ) {
    const heard: string[] = [];
    const messages: string[] = [];
    const end = await upstreams.watchResource(server, uri, {
      caller: callerOf(principal),
      updated(updated, message) {
        heard.push(updated);
        messages.push(message.toString());
      },
    });
    return { heard, messages, end };
  }
  const call = (
    { upstreams }: TestUpstreams,
    server: ServerRuntime,
    method: string,
    uris: string[] = [],
  ) => runTestCall(upstreams, server, { method, params: JSON.stringify({ uris }) });
  const seen = async (test: TestUpstreams, server: ServerRuntime) =>
    JSON.parse((await call(test, server, 'seen')).reply).result.content[0].text;

  it('are subscribed once however many watch, and no longer when the last one leaves', async () => {
    await using test = startUpstreams();
    const server = await write('counted', { isolation: 'shared' });
    const one = await watch(test, server, 'a:1');
    const other = await watch(test, server, 'a:1', 'bob');
    one.end();
    await call(test, server, 'touch', ['a:1']);
    await eventually('the news', () => other.heard.length === 1);
    assert.match(other.messages[0] ?? '', /"params":\{"uri":"a:1","x-unknown":1\}/);
    assert.equal(one.heard.length, 0);
    other.end();
    other.end();
    await eventually('the end', async () => (await seen(test, server)).endsWith('unsubscribe a:1'));
    assert.equal(await seen(test, server), 'subscribe a:1, unsubscribe a:1');
  });

  it('are heard of by nobody else who shares the upstream', async () => {
    await using test = startUpstreams();
    const server = await write('shared', { isolation: 'shared' });
    const alice = await watch(test, server, 'a:1');
    const bob = await watch(test, server, 'a:2', 'bob');
    await call(test, server, 'touch', ['a:1', 'a:3', 'a:1x']);
    await call(test, server, 'touch', ['a:2']);
    await eventually('the news', () => bob.heard.length === 1);
    assert.deepEqual([alice.heard, bob.heard], [['a:1'], ['a:2']]);
  });

  it('are watched at each principal’s or session’s own upstream where that is the isolation', async () => {
    await using test = startUpstreams();
    for (const isolation of ['principal', 'session'] as const) {
      const server = await write(`own-${isolation}`, { isolation });
      const alice = await watch(test, server, 'a:1');
      const bob = await watch(test, server, 'a:1', 'bob');
      await call(test, server, 'touch', ['a:1']);
      await eventually('the news', () => alice.heard.length === 1);
      assert.equal(await seen(test, server), 'subscribe a:1');
      assert.deepEqual(bob.heard, []);
      // What a session alone has ends with it.
      alice.end();
      test.upstreams.endSession('session of alice');
    }
  });

  it('tell of their parts, and of a storm only what is new at its end', async () => {
    await using test = startUpstreams();
    const server = await write('storm');
    const { heard } = await watch(test, server, 'a:dir');
    await call(test, server, 'touch', ['a:dir/x', ...Array(500).fill('a:dir/y'), 'a:directory']);
    await eventually('the storm', () => heard.length === 2);
    const parts = Array.from({ length: 500 }, (_, i) => `a:dir/${i}`);
    await call(test, server, 'touch', parts);
    await eventually('news of the whole', () => heard.at(-1) === 'a:dir');
    assert.deepEqual(heard.slice(0, 2), ['a:dir/x', 'a:dir/y']);
    assert.ok(heard.length < 10, `${heard.length} messages`);
  });

  it('are set up again after a crash, and tell once of what may have been missed', async () => {
    await using test = startUpstreams();
    const server = await write('crashing');
    const { heard } = await watch(test, server, 'a:1');
    await call(test, server, 'die');
    await eventually('the news', () => heard.length === 1);
    assert.equal(await seen(test, server), 'subscribe a:1');
    await call(test, server, 'touch', ['a:1']);
    await eventually('more news', () => heard.length === 2);
  });

  it('keep their upstream from being idle, until nobody watches', async () => {
    await using test = startUpstreams();
    const server = await write('idle', { idleTimeoutMs: 50 });
    const other = await write('idle-too', { idleTimeoutMs: 50 });
    const { end } = await watch(test, server, 'a:1');
    await call(test, other, 'seen');
    await eventually('the other’s end', () => test.counts.get('idle_ended') === 1);
    assert.equal(await seen(test, server), 'subscribe a:1');
    end();
    await eventually('the end', () => test.counts.get('idle_ended') === 2);
  });

  it('make room when there is too little, the others first, and are there again with the next use', async () => {
    await using test = startUpstreams();
    const server = await write('full', { maxUpstreams: 2 });
    const { heard } = await watch(test, server, 'a:1');
    const use = (principal: string) =>
      runTestCall(test.upstreams, server, { method: 'seen', caller: callerOf(principal) });
    await use('bob');
    await use('carol');
    assert.equal(test.counts.get('starts'), 3);
    assert.equal(await seen(test, server), 'subscribe a:1');
    assert.equal(heard.length, 0);
    const small = { ...server, revision: 2, maxUpstreams: 1 };
    test.upstreams.configure('full', small);
    await eventually('the move', () => heard.length === 1);
    await runTestCall(test.upstreams, small, { method: 'seen', caller: callerOf('bob') });
    assert.equal(await seen(test, small), 'subscribe a:1');
    await eventually('the return', () => heard.length === 2);
  });

  it('move with their server’s configuration, and wait while it is off', async () => {
    await using test = startUpstreams();
    const server = await write('changing');
    test.upstreams.configure('changing', server);
    const { heard, end } = await watch(test, server, 'a:1');
    test.upstreams.configure('changing', { ...server, revision: 2, enabled: false });
    const back = { ...server, revision: 3, isolation: 'shared' } as const;
    test.upstreams.configure('changing', back);
    await eventually('the news', () => heard.length === 1);
    assert.equal(await seen(test, back), 'subscribe a:1');
    test.upstreams.configure('changing', undefined);
    end();
  });

  it('that a server does not have, or none of whose it watches, are an error and nothing is left', async () => {
    await using test = startUpstreams();
    const server = await write('strict', { idleTimeoutMs: 50 });
    await assert.rejects(watch(test, server, 'a:bad'), {
      code: -32002,
      message: 'no such resource',
    });
    const plain = await write('plain', { idleTimeoutMs: 50 }, 'serve();');
    await assert.rejects(watch(test, plain, 'a:1'), { code: -32601, message: /"plain" offers no/ });
    const dead = await write('dead', { command: '/nonexistent/program' });
    await assert.rejects(watch(test, dead, 'a:1'), { name: 'UpstreamError' });
    await eventually('no upstream', () => test.counts.get('idle_ended') === 2);
  });
});
