/** Streamable HTTP servers behind the upstreams: a real one, and stand-ins for what it does not do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { startEverything } from './testing/everything-over-http.ts';
import { answer, startHttpStandIn } from './testing/http-stand-in.ts';
import {
  callerOf,
  eventually,
  runTestCall,
  serverOf,
  startUpstreams,
} from './testing/test-upstreams.ts';

const CALL = { method: 'tools/call', params: '{"name":"echo","arguments":{"message":"hi"}}' };

function httpServer(url: string, changes: Partial<ServerRuntime> = {}): ServerRuntime {
  return serverOf('remote', { transport: 'streamable-http', url, ...changes });
}

describe('Streamable HTTP upstreams', () => {
  it('server-everything is called and listed, with progress and errors', async () => {
    await using everything = await startEverything();
    await using test = startUpstreams();
    const server = httpServer(everything.url);
    test.upstreams.configure('remote', server);
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
    const status = await eventually('ready', () => {
      const found = test.statuses.get('remote');
      return found?.health === 'ready' && found.tools !== undefined && found;
    });
    assert.deepEqual([status.protocolVersion, status.era], ['2025-11-25', 'legacy']);
  });

  it('a restarted server that forgot its sessions gets a new one, and the call runs once', async () => {
    await using everything = await startEverything();
    await using test = startUpstreams();
    const server = httpServer(everything.url);
    assert.ok((await runTestCall(test.upstreams, server, CALL)).summary);
    await everything.restart();
    const { reply, failure } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(failure, undefined);
    assert.match(reply, /Echo: hi/);
  });

  it('a session that is lost again right after is a failure, not a loop', async () => {
    await using standIn = await startHttpStandIn((_, response) => response.writeHead(404).end());
    await using test = startUpstreams();
    const { failure } = await runTestCall(test.upstreams, httpServer(standIn.url), CALL);
    assert.deepEqual([failure?.reason, failure?.notRun], ['disconnected', true]);
    const calls = standIn.requests.filter(({ body }) => body.includes('tools/call'));
    assert.equal(calls.length, 2);
  });

  it('each principal has a session of its own; both are ended with DELETE', async () => {
    await using standIn = await startHttpStandIn((message, response, request) =>
      answer(response, message, { session: request.headers['mcp-session-id'] }),
    );
    {
      await using test = startUpstreams();
      const server = httpServer(standIn.url);
      const sessionOf = async (name: string) => {
        const call = { ...CALL, caller: callerOf(name) };
        const { reply } = await runTestCall(test.upstreams, server, call);
        return JSON.parse(reply).result.session as string;
      };
      const [alice, bob, again] = [
        await sessionOf('alice'),
        await sessionOf('bob'),
        await sessionOf('alice'),
      ];
      assert.notEqual(alice, bob);
      assert.equal(alice, again);
    }
    const ended = standIn.requests.filter(({ method }) => method === 'DELETE');
    assert.deepEqual(ended.map(({ headers }) => headers['mcp-session-id']).sort(), [
      'session-1',
      'session-2',
    ]);
  });

  it('the handshake is complete before the first call, and the version goes with every request', async () => {
    await using standIn = await startHttpStandIn((message, response) =>
      answer(response, message, {}),
    );
    await using test = startUpstreams();
    await runTestCall(test.upstreams, httpServer(standIn.url), CALL);
    const seen = standIn.requests.map(({ body, headers }) => [
      JSON.parse(body).method,
      headers['mcp-protocol-version'],
      headers['mcp-session-id'],
    ]);
    assert.deepEqual(seen, [
      ['initialize', undefined, undefined],
      ['notifications/initialized', '2025-06-18', 'session-1'],
      ['tools/call', '2025-06-18', 'session-1'],
    ]);
    const { headers } = standIn.requests[0] ?? {};
    assert.equal(headers?.accept, 'application/json, text/event-stream');
    assert.equal(headers?.['accept-encoding'], 'identity');
  });

  it('headers are the server’s own and the client’s admitted ones, never a client’s credentials', async () => {
    await using standIn = await startHttpStandIn((message, response) =>
      answer(response, message, {}),
    );
    await using test = startUpstreams({
      resolveReference: (name) => (name === 'REMOTE_TOKEN' ? 'Bearer from-env' : undefined),
    });
    const server = httpServer(standIn.url, {
      headers: { Authorization: 'env:REMOTE_TOKEN', 'X-Team': 'blue', Host: 'internal.example' },
      forwardHeaders: ['x-user', 'x-team', 'authorization', 'cookie', 'x-api-key'],
    });
    const caller = callerOf('alice', {
      headers: {
        'x-user': 'alice',
        'x-team': 'spoofed',
        'x-other': 'no',
        authorization: 'Bearer mm_client',
        cookie: 'a=b',
        'x-api-key': 'mm_client',
      },
    });
    await runTestCall(test.upstreams, server, { ...CALL, caller });
    const { headers } = standIn.requests.at(-1) ?? {};
    assert.equal(headers?.authorization, 'Bearer from-env');
    assert.deepEqual(
      [headers?.['x-user'], headers?.['x-team'], headers?.['x-other'], headers?.host],
      ['alice', 'blue', undefined, 'internal.example'],
    );
    assert.deepEqual([headers?.cookie, headers?.['x-api-key']], [undefined, undefined]);
  });

  it('of callers who share a session, each one’s headers go with their own calls and cancels only', async () => {
    await using standIn = await startHttpStandIn((message, response) => {
      if (message.method !== 'hang') answer(response, message, {});
    });
    {
      await using test = startUpstreams();
      const server = httpServer(standIn.url, {
        isolation: 'shared',
        forwardHeaders: ['x-user'],
        requestTimeoutMs: 200,
      });
      for (const [user, method] of [
        ['alice', 'quick'],
        ['bob', 'hang'],
      ] as const) {
        const caller = callerOf(user, { headers: { 'x-user': user } });
        await runTestCall(test.upstreams, server, { method, caller });
      }
      await eventually('the cancel', () => standIn.requests.length === 5);
    }
    const seen = standIn.requests.map(({ method, body, headers }) => [
      body === '' ? method : JSON.parse(body).method,
      headers['x-user'],
    ]);
    assert.deepEqual(seen, [
      ['initialize', undefined],
      ['notifications/initialized', undefined],
      ['quick', 'alice'],
      ['hang', 'bob'],
      ['notifications/cancelled', 'bob'],
      ['DELETE', undefined],
    ]);
  });

  it('a reply of 4 MB streams in pieces, byte for byte, and waits for a slow client', async () => {
    const text = 'é"\\x'.repeat(1_000_000);
    await using standIn = await startHttpStandIn((message, response) =>
      answer(response, message, { text }),
    );
    await using test = startUpstreams();
    const server = httpServer(standIn.url);
    const { reply, chunks, summary } = await runTestCall(test.upstreams, server, CALL);
    assert.equal(JSON.parse(reply).result.text, text);
    assert.equal(summary?.bytes, Buffer.byteLength(reply));
    assert.ok(chunks.length > 10);
  });

  it('pretty-printed JSON and data over several lines become one line', async () => {
    await using standIn = await startHttpStandIn((message, response) => {
      const pretty = JSON.stringify(
        { jsonrpc: '2.0', id: message.id, result: { a: [1] } },
        null,
        2,
      );
      if (message.params?.sse !== true) {
        response.setHeader('Content-Type', 'application/json; charset=utf-8');
        response.end(pretty);
        return;
      }
      response.setHeader('Content-Type', 'text/event-stream');
      response.end(
        `${pretty
          .split('\n')
          .map((line) => `data: ${line}`)
          .join('\r\n')}\r\n\r\n`,
      );
    });
    await using test = startUpstreams();
    const server = httpServer(standIn.url);
    for (const params of ['{"sse":true}', '{}']) {
      const { reply } = await runTestCall(test.upstreams, server, {
        ...CALL,
        params,
        clientId: '5',
      });
      assert.deepEqual(JSON.parse(reply), { jsonrpc: '2.0', id: 5, result: { a: [1] } });
      assert.doesNotMatch(reply, /[\r\n]/);
    }
  });

  it('the last good lists are served while the server is down', async () => {
    let down = false;
    await using standIn = await startHttpStandIn(
      (message, response) => answer(response, message, { tools: [{ name: 'a' }, { nameless: 1 }] }),
      (_, response) => {
        if (down) response.writeHead(503).end();
      },
    );
    let now = Date.now();
    await using test = startUpstreams({ now: () => now });
    const server = httpServer(standIn.url);
    const names = async () =>
      (await test.upstreams.lists(server, callerOf('alice'))).tools.map(({ name }) => name);
    assert.deepEqual(await names(), ['a']);
    down = true;
    now += 120_000;
    assert.deepEqual([await names(), await names()], [['a'], ['a']]);
  });
});
