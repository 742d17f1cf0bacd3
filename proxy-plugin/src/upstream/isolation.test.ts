/** Who shares an upstream with whom, how many there may be, and when they end (design §6a, invariant 4). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { createStandIns, type StandIns } from './testing/stand-in.ts';
import { callerOf, eventually, runTestCall, startUpstreams } from './testing/test-upstreams.ts';
import type { Caller, Upstreams } from './upstream.ts';

/** Says its pid; with `ms`, after that time. */
const PID = 'serve((m) => setTimeout(() => text(m.id, process.pid), m.params?.ms ?? 0));';

describe('isolation', () => {
  let standIns: StandIns;
  let server: ServerRuntime;
  before(async () => {
    standIns = await createStandIns();
    server = await standIns.write('pid', PID);
  });
  after(() => standIns[Symbol.asyncDispose]());

  async function pidOf(upstreams: Upstreams, of: ServerRuntime, caller: Caller): Promise<number> {
    const { reply, failure } = await runTestCall(upstreams, of, { method: 'tools/call', caller });
    assert.equal(failure, undefined);
    return Number(JSON.parse(reply).result.content[0].text);
  }

  it('two principals never share a child; two sessions of one principal do', async () => {
    await using test = startUpstreams();
    const pid = (caller: Caller) => pidOf(test.upstreams, server, caller);
    const [alice, again, other, bob] = await Promise.all([
      pid(callerOf('alice')),
      pid(callerOf('alice')),
      pid(callerOf('alice', { session: 'another' })),
      pid(callerOf('bob')),
    ]);
    assert.deepEqual([again, other], [alice, alice]);
    assert.notEqual(bob, alice);
  });

  it('callers of an open endpoint are kept apart by session, even behind one address', async () => {
    await using test = startUpstreams();
    const open = (session: string) =>
      pidOf(test.upstreams, server, callerOf('ip:10.0.0.1', { authenticated: false, session }));
    const [one, two, oneAgain] = await Promise.all([open('1'), open('2'), open('1')]);
    assert.notEqual(one, two);
    assert.equal(one, oneAgain);
  });

  it('isolation `session` gives each session its child, which ends with it', async () => {
    await using test = startUpstreams();
    const perSession: ServerRuntime = { ...server, isolation: 'session' };
    test.upstreams.configure('pid', perSession);
    const pid = (session: string) =>
      pidOf(test.upstreams, perSession, callerOf('alice', { session }));
    const [one, two] = await Promise.all([pid('1'), pid('2')]);
    assert.notEqual(one, two);
    test.upstreams.endSession('1');
    await eventually('only the second is left', () => {
      const { pids } = test.statuses.get('pid') ?? {};
      return pids?.length === 1 && pids[0] === two;
    });
    assert.equal(await pid('2'), two);
  });

  it('isolation `shared` gives all callers one child, but not across capability profiles', async () => {
    await using test = startUpstreams();
    const shared: ServerRuntime = { ...server, isolation: 'shared' };
    const pid = (caller: Caller) => pidOf(test.upstreams, shared, caller);
    const [alice, bob, rooted] = await Promise.all([
      pid(callerOf('alice')),
      pid(callerOf('bob')),
      pid(callerOf('bob', { profile: '{"roots":{}}' })),
    ]);
    assert.equal(alice, bob);
    assert.notEqual(rooted, alice);
  });

  it('an idle child is ended after the idle timeout, and started again on demand', async () => {
    await using test = startUpstreams();
    const brief: ServerRuntime = { ...server, idleTimeoutMs: 100 };
    const first = await pidOf(test.upstreams, brief, callerOf('alice'));
    await eventually('it is gone', () => !isAlive(first));
    assert.equal(test.counts.get('idle_ended'), 1);
    assert.notEqual(await pidOf(test.upstreams, brief, callerOf('alice')), first);
  });

  it('a busy child is not idle', async () => {
    await using test = startUpstreams();
    const brief: ServerRuntime = { ...server, idleTimeoutMs: 50 };
    const { summary } = await runTestCall(test.upstreams, brief, {
      method: 'tools/call',
      params: '{"ms":400}',
    });
    assert.equal(summary?.isError, false);
  });

  it('at the cap of a server the least recently used idle child makes room', async () => {
    await using test = startUpstreams();
    const capped: ServerRuntime = { ...server, maxUpstreams: 2 };
    const pid = (name: string) => pidOf(test.upstreams, capped, callerOf(name));
    const alice = await pid('alice');
    const bob = await pid('bob');
    await pid('alice');
    await pid('carol');
    assert.deepEqual([isAlive(alice), isAlive(bob)], [true, false]);
  });

  it('at a cap with all busy a caller is told so, and gets in later', async () => {
    await using test = startUpstreams();
    const capped: ServerRuntime = { ...server, maxUpstreams: 1 };
    await pidOf(test.upstreams, capped, callerOf('alice'));
    const busy = runTestCall(test.upstreams, capped, { method: 'x', params: '{"ms":300}' });
    const bob = { method: 'x', caller: callerOf('bob') };
    const { failure } = await runTestCall(test.upstreams, capped, bob);
    assert.deepEqual([failure?.reason, failure?.notRun], ['capacity', true]);
    assert.match(failure?.message ?? '', /limit at this server is 1/);
    await busy;
    assert.ok((await runTestCall(test.upstreams, capped, bob)).summary);
  });

  it('one principal can’t have more than its share of a server', async () => {
    await using test = startUpstreams();
    const capped: ServerRuntime = { ...server, isolation: 'session', maxUpstreamsPerPrincipal: 1 };
    const pid = (principal: string, session: string) =>
      pidOf(test.upstreams, capped, callerOf(principal, { session }));
    const bob = await pid('bob', '1');
    const first = await pid('alice', '2');
    await pid('alice', '3');
    assert.deepEqual([isAlive(bob), isAlive(first)], [true, false]);
  });

  it('one principal can’t keep all children of the machine busy, over however many servers', async () => {
    await using test = startUpstreams({ caps: { children: 4, sessions: 4 } });
    const servers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => standIns.write(name, PID)),
    );
    const busy = { method: 'x', params: '{"ms":2000}' };
    const results = servers.map((each) => runTestCall(test.upstreams, each, busy));
    const refused = (await Promise.race(results)).failure;
    assert.equal(refused?.reason, 'capacity');
    assert.match(refused?.message ?? '', /of one principal, is 3/);
    assert.ok(await pidOf(test.upstreams, server, callerOf('bob')));
    const outcomes = await Promise.all(results);
    assert.equal(outcomes.filter(({ summary }) => summary).length, 3);
  });

  it('the cap of children on the machine covers all servers', async () => {
    await using test = startUpstreams({ caps: { children: 1, sessions: 1 } });
    const other = await standIns.write('other', PID);
    const first = await pidOf(test.upstreams, server, callerOf('alice'));
    await pidOf(test.upstreams, other, callerOf('alice'));
    assert.equal(isAlive(first), false);
  });

  it('a changed server retires its upstreams: idle ones at once, busy ones after their calls', async () => {
    await using test = startUpstreams();
    const idle = await pidOf(test.upstreams, server, callerOf('alice'));
    const busyCaller = callerOf('bob');
    const busy = await pidOf(test.upstreams, server, busyCaller);
    const running = runTestCall(test.upstreams, server, {
      method: 'x',
      params: '{"ms":400}',
      caller: busyCaller,
    });
    const changed: ServerRuntime = { ...server, revision: 2 };
    test.upstreams.configure('pid', changed);
    await eventually('the idle one is gone', () => !isAlive(idle));
    assert.equal(isAlive(busy), true);
    assert.ok((await running).summary);
    await eventually('the busy one is gone', () => !isAlive(busy));
    assert.ok((await pidOf(test.upstreams, changed, callerOf('alice'))) !== idle);
  });

  it('many calls at once start one child', async () => {
    await using test = startUpstreams();
    const pids = await Promise.all(
      Array.from({ length: 30 }, () => pidOf(test.upstreams, server, callerOf('alice'))),
    );
    assert.equal(new Set(pids).size, 1);
    assert.equal(test.counts.get('starts'), 1);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
