/** HTTP+SSE servers behind the upstreams: a real one, and stand-ins for what it does not do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { startEverything } from './testing/everything-over-http.ts';
import { startSseStandIn } from './testing/sse-stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
} from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"echo","arguments":{"message":"hi"}}' };

function sseServer(url: string, changes: Partial<ServerRuntime> = {}): ServerRuntime {
  return serverOf('old', { transport: 'sse', url, ...changes });
}

describe('HTTP+SSE upstreams', () => {
  it('server-everything is called and listed, with progress and errors', async () => {
    await using everything = await startEverything('sse');
    await using test = startUpstreams();
    const server = sseServer(everything.url);
    test.upstreams.configure('old', server);
    const { reply } = await runTestCall(test.upstreams, server, { ...CALL, clientId: '"abc"' });
    assert.deepEqual(JSON.parse(reply), {
      jsonrpc: '2.0',
      id: 'abc',
      result: { content: [{ type: 'text', text: 'Echo: hi' }] },
    });
    const progress = await runTestCall(test.upstreams, server, {
      method: 'tools/call',
      params:
        '{"name":"trigger-long-running-operation","arguments":{"duration":0.2,"steps":2},"_meta":{"progressToken":"t"}}',
    });
    const tokens = progress.notifications.map((text) => JSON.parse(text).params.progressToken);
    assert.deepEqual(tokens, ['t', 't']);
    const unknown = await runTestCall(test.upstreams, server, { method: 'no/such' });
    assert.equal(unknown.summary?.isError, true);
    const lists = await test.upstreams.lists(server, callerOf('alice'));
    assert.ok(lists.tools.length > 5 && lists.prompts.length > 0 && lists.resources.length > 0);
    await eventually('ready', () => test.statuses.get('old')?.health === 'ready');
  });

  it('after a restart of the server the next call has a new session', async () => {
    await using everything = await startEverything('sse');
    await using test = startUpstreams();
    const server = sseServer(everything.url);
    assert.ok((await runTestCall(test.upstreams, server, CALL)).summary);
    await everything.restart();
    const { reply, failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure, undefined);
    assert.match(reply, /Echo: hi/);
  });

  for (const [how, endpointOf] of [
    ['relative', (n) => `message?session=${n}`],
    ['absolute', (n, origin) => `${origin}/message?session=${n}`],
  ] as [string, (session: number, origin: string) => string][]) {
    it(`messages go where a ${how} endpoint says, in the session of each principal`, async () => {
      await using standIn = await startSseStandIn({
        endpoint: endpointOf,
        onCall: (message, session) =>
          session.reply(message, { n: standIn.sessions.indexOf(session) }),
      });
      await using test = startUpstreams();
      const replyTo = async (name: string) => {
        const call = { ...CALL, caller: callerOf(name) };
        const { reply } = await runTestCall(test.upstreams, sseServer(standIn.url), call);
        return JSON.parse(reply).result.n as number;
      };
      const sessions = [await replyTo('alice'), await replyTo('bob'), await replyTo('alice')];
      assert.deepEqual(sessions, [0, 1, 0]);
      assert.ok(standIn.posts.every(({ path }) => path.startsWith('/message?session=')));
    });
  }

  it('the handshake is complete before the first call', async () => {
    await using standIn = await startSseStandIn({
      onCall: (message, session) => session.reply(message, {}),
    });
    await using test = startUpstreams();
    await runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    const methods = standIn.posts.map(({ message }) => message.method);
    assert.deepEqual(methods, ['initialize', 'notifications/initialized', 'tools/call']);
  });

  it('headers are the server’s own and the client’s admitted ones, never a client’s credentials', async () => {
    await using standIn = await startSseStandIn({
      onCall: (message, session) => session.reply(message, {}),
    });
    await using test = startUpstreams({ resolveReference: () => 'resolved' });
    const server = sseServer(standIn.url, {
      headers: { Authorization: 'env:TOKEN' },
      forwardHeaders: ['x-tenant', 'cookie'],
    });
    const headers = { 'x-tenant': 'a', cookie: 'secret=1', 'x-api-key': 'mm_1', 'x-other': 'b' };
    await runTestCall(test.upstreams, server, { ...CALL, caller: callerOf('alice', { headers }) });
    for (const { headers: sent } of [...standIn.gets, ...standIn.posts]) {
      assert.deepEqual([sent.authorization, sent['x-tenant']], ['resolved', 'a']);
      assert.deepEqual(
        [sent.cookie, sent['x-api-key'], sent['x-other']],
        [undefined, undefined, undefined],
      );
    }
    assert.equal(standIn.gets[0]?.headers.accept, 'text/event-stream');
  });

  it('a server’s requests on its stream are answered in its session', async () => {
    await using standIn = await startSseStandIn({
      onCall(message, session) {
        session.stream.write(': keep-alive\n\n');
        session.say({ jsonrpc: '2.0', id: 'p', method: 'ping' });
        session.say({ jsonrpc: '2.0', id: 8, method: 'elicitation/create', params: {} });
        session.say({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x' } });
        session.reply(message, {});
      },
    });
    await using test = startUpstreams();
    const { notifications } = await runTestCall(test.upstreams, sseServer(standIn.url), CALL);
    assert.deepEqual(
      notifications.map((text) => JSON.parse(text).params.data),
      ['x'],
    );
    const answers = await eventually('two answers', () => {
      const found = standIn.posts.filter(({ message }) => message.method === undefined);
      return found.length === 2 && found;
    });
    const said = answers.map(
      ({ message }) => message as { id?: unknown; result?: unknown; error?: { code: number } },
    );
    assert.deepEqual(said.find(({ id }) => id === 'p')?.result, {});
    assert.equal(said.find(({ id }) => id === 8)?.error?.code, -32601);
  });

  it('a call that is cancelled is cancelled at the server', async () => {
    await using standIn = await startSseStandIn();
    await using test = startUpstreams();
    const server = sseServer(standIn.url, { requestTimeoutMs: 300 });
    const { failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure?.reason, 'timeout');
    await eventually('the cancellation', () =>
      standIn.posts.some(({ message }) => message.method === 'notifications/cancelled'),
    );
  });

  it('the end of a session closes its stream', async () => {
    await using standIn = await startSseStandIn({
      onCall: (message, session) => session.reply(message, {}),
    });
    await using test = startUpstreams();
    const server = sseServer(standIn.url, { isolation: 'session' });
    await runTestCall(test.upstreams, server, CALL);
    test.upstreams.endSession('session of alice');
    await eventually('the stream’s end', () => standIn.sessions[0]?.stream.destroyed);
  });
});
