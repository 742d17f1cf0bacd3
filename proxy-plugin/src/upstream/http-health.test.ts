/** Health of HTTP servers: noticed without a caller, blamed on nobody else, and cheap to find out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { answer, type HttpStandIn, startHttpStandIn } from './testing/http-stand-in.ts';
import {
  becomes,
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
} from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"any"}' };
const OK = { tools: [{ name: 'a' }], content: [] };

interface Switched extends HttpStandIn {
  /** Status that every request is answered with; undefined = as usual. */
  status: number | undefined;
  /** How many of the method came. */
  count(method: string): number;
}

async function startSwitched(): Promise<Switched> {
  const switched = { status: undefined as number | undefined };
  const standIn = await startHttpStandIn(
    (message, response) => answer(response, message, OK),
    (_, response) => {
      if (switched.status !== undefined) response.writeHead(switched.status).end();
    },
  );
  const count = (method: string) =>
    standIn.requests.filter(({ body }) => body.includes(`"method":"${method}"`)).length;
  return Object.assign(switched, standIn, { count });
}

const remote = ({ url }: HttpStandIn, changes: Partial<ServerRuntime> = {}) =>
  serverOf('remote', { transport: 'streamable-http', url, probeIntervalMs: 200, ...changes });

describe('an HTTP server', () => {
  it('that nobody uses is pinged in one session of the gateway’s own', async () => {
    await using standIn = await startSwitched();
    await using test = startUpstreams();
    test.upstreams.configure('remote', remote(standIn));
    await eventually('four pings', () => standIn.count('ping') >= 4);
    assert.equal(standIn.count('initialize'), 1);
    assert.equal(standIn.count('tools/list'), 1);
    assert.equal(test.statuses.get('remote')?.health, 'ready');
  });

  it('that is in use is not pinged', async () => {
    await using standIn = await startSwitched();
    await using test = startUpstreams();
    const server = remote(standIn, { probeIntervalMs: 1_000 });
    test.upstreams.configure('remote', server);
    await becomes(test, 'remote', 'ready');
    const end = Date.now() + 1_500;
    while (Date.now() < end) await runTestCall(test.upstreams, server, CALL);
    assert.equal(standIn.count('ping'), 0);
  });

  it('that dies while nobody uses it is down with the reason and the next try, and ready when it is back', async () => {
    await using standIn = await startSwitched();
    await using test = startUpstreams();
    test.upstreams.configure('remote', remote(standIn));
    await becomes(test, 'remote', 'ready');
    standIn.status = 503;
    const { lastError, nextTryAt, tools } = await becomes(test, 'remote', 'down');
    assert.match(lastError ?? '', /"remote" answered HTTP 503/);
    assert.ok((nextTryAt ?? 0) > Date.now() - 1_000);
    assert.equal(tools, 1, 'the last good list');
    assert.equal(test.upstreams.serversDown, 1, 'for the metrics');
    standIn.status = undefined;
    const back = await becomes(test, 'remote', 'ready');
    assert.equal(back.nextTryAt, undefined);
  });

  it('that nobody can reach is refused at once to all callers, without another request', async () => {
    await using standIn = await startSwitched();
    await using test = startUpstreams();
    const server = remote(standIn, { probeIntervalMs: 60_000 });
    const call = (principal: string) =>
      runTestCall(test.upstreams, server, { ...CALL, caller: callerOf(principal) });
    assert.equal((await call('alice')).failure, undefined);
    standIn.status = 502;
    for (const principal of ['alice', 'bob', 'carol']) {
      assert.equal((await call(principal)).failure?.reason, 'unreachable');
    }
    const sent = standIn.requests.length;
    for (const principal of ['alice', 'bob', 'dave']) {
      const { failure } = await call(principal);
      assert.deepEqual([failure?.reason, failure?.notRun], ['down', true]);
      assert.match(failure?.message ?? '', /answered HTTP 502.*The next try is in 1 s/);
    }
    assert.equal(standIn.requests.length, sent);
    assert.equal(test.counts.get('circuits_opened'), 1);
    standIn.status = undefined;
    await eventually('a call that works', async () => (await call('bob')).failure === undefined);
  });

  it('whose credentials one principal has wrong is refused to nobody else', async () => {
    await using standIn = await startHttpStandIn(
      (message, response) => answer(response, message, OK),
      (_, response, request) => {
        if (request.headers['x-user'] === 'mallory') response.writeHead(401).end();
      },
    );
    await using test = startUpstreams();
    const server = remote(standIn, { forwardHeaders: ['x-user'] });
    test.upstreams.configure('remote', server);
    const call = (user: string) =>
      runTestCall(test.upstreams, server, {
        ...CALL,
        caller: callerOf(user, { headers: { 'x-user': user } }),
      });
    for (let i = 0; i < 5; i += 1) {
      assert.equal((await call('mallory')).failure?.reason, 'unauthorized');
    }
    assert.equal((await call('alice')).failure, undefined);
    assert.notEqual(test.statuses.get('remote')?.health, 'down');
  });

  it('is tried again by sync at once, whoever was refused before', async () => {
    await using standIn = await startSwitched();
    await using test = startUpstreams();
    const server = remote(standIn, { probeIntervalMs: 60_000 });
    standIn.status = 503;
    let refused: string | undefined;
    while (refused !== 'down') {
      refused = (await runTestCall(test.upstreams, server, CALL)).failure?.reason;
    }
    standIn.status = undefined;
    await test.upstreams.sync(server);
    assert.equal((await runTestCall(test.upstreams, server, CALL)).failure, undefined);
  });
});
