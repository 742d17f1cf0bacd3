/** The invariants of access and isolation, seen from outside through real NGINX. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { openSession, post } from './mcp-session.ts';
import { issueKey, put, stdioServer } from './provision.ts';

/** An MCP server that answers every POST with 401, and keeps the headers it got. */
async function startUnauthorizing() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(JSON.stringify(request.headers));
    request.resume();
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="upstream"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, seen, close: () => server.close() };
}

/** Takes connections and never says a word. */
async function startSilent() {
  let waiting = 0;
  const server = createServer((_, response) => {
    waiting += 1;
    response.on('close', () => {
      waiting -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    /** Requests that still wait for their answer. */
    waiting: () => waiting,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const names = (list: unknown) => ((list ?? []) as { name: string }[]).map(({ name }) => name);

describe('access and isolation', () => {
  let gateway: Gateway;
  let url: string;
  let unauthorizing: Awaited<ReturnType<typeof startUnauthorizing>>;
  let silent: Awaited<ReturnType<typeof startSilent>>;

  before(async () => {
    [unauthorizing, silent] = await Promise.all([startUnauthorizing(), startSilent()]);
    gateway = await startGateway();
    url = `${gateway.url}/metamcp/default/mcp`;
    await put(gateway, 'servers/everything', stdioServer('everything'));
    await put(gateway, 'servers/memory', stdioServer('memory'));
    await put(gateway, 'servers/closed', {
      transport: 'streamable-http',
      url: unauthorizing.url,
      forward_headers: ['x-team'],
    });
    await put(gateway, 'servers/silent', {
      transport: 'streamable-http',
      url: silent.url,
      connect_timeout_ms: 60_000,
    });
    await put(gateway, 'namespaces/main', {
      members: [
        { server: 'everything', tools: { echo: { name: 'say' } } },
        { server: 'memory' },
        { server: 'closed' },
      ],
    });
    await put(gateway, 'endpoints/default', { namespace: 'main' });
  });
  after(async () => {
    await gateway?.stop();
    unauthorizing?.close();
    silent?.close();
  });

  it('what a key can’t list it can’t call, and the client can’t tell it from what is not there', async () => {
    const key = await issueKey(gateway, 'narrow', { endpoints: ['default'], allow: ['memory/*'] });
    const session = await openSession(url, key);
    const listed = names((await session.request('tools/list')).body.result?.tools);
    assert.ok(
      listed.length > 0 && listed.every((name) => name.startsWith('memory__')),
      listed.join(),
    );
    assert.deepEqual(names((await session.request('prompts/list')).body.result?.prompts), []);
    const hidden = await session.callTool('say', { message: 'x' });
    const missing = await session.callTool('nothing', { message: 'x' });
    assert.equal(hidden.body.error?.code, missing.body.error?.code);
    assert.equal(hidden.body.error?.message.replace('say', 'nothing'), missing.body.error?.message);
    const prompt = await session.request('prompts/get', { name: 'everything__simple-prompt' });
    assert.ok(prompt.body.error);
    const resource = await session.request('resources/read', {
      uri: 'everything+demo://resource/static/document/architecture.md',
    });
    assert.equal(resource.body.error?.code, -32002);
  });

  it('a rule names the original, whatever the tool is called here', async () => {
    const key = await issueKey(gateway, 'original', {
      endpoints: ['default'],
      allow: ['everything/echo'],
    });
    const session = await openSession(url, key);
    assert.deepEqual(names((await session.request('tools/list')).body.result?.tools), ['say']);
    const reply = await session.callTool('say', { message: 'renamed' });
    assert.match(JSON.stringify(reply.body.result), /Echo: renamed/);
  });

  it('a read-only key reaches only tools that the operator marked as reading', async () => {
    const key = await issueKey(gateway, 'reader', { endpoints: ['default'], read_only: true });
    const session = await openSession(url, key);
    assert.deepEqual(names((await session.request('tools/list')).body.result?.tools), []);
    await put(gateway, 'namespaces/main', {
      members: [
        {
          server: 'everything',
          tools: { echo: { name: 'say', annotations: { readOnlyHint: true } } },
        },
        { server: 'memory' },
        { server: 'closed' },
      ],
    });
    assert.deepEqual(names((await session.request('tools/list')).body.result?.tools), ['say']);
  });

  it('no credential of a client reaches an upstream, and an upstream’s 401 is no 401 here', async () => {
    const key = await issueKey(gateway, 'careful');
    await post(
      url,
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      {
        authorization: `Bearer ${key}`,
        cookie: 'session=canary',
        'x-team': 'blue',
      },
    );
    const session = await openSession(url, key);
    const reply = await session.request('tools/list');
    assert.equal(reply.status, 200);
    const call = await session.callTool('closed__anything');
    assert.equal(call.status, 200);
    assert.ok(unauthorizing.seen.length > 0, 'the upstream was asked');
    for (const headers of unauthorizing.seen)
      assert.doesNotMatch(headers, new RegExp(`${key}|canary`));
  });

  it('a server that never answers holds up neither the list nor the tools of the others', async () => {
    const key = await issueKey(gateway, 'patient');
    await put(gateway, 'namespaces/slow', {
      members: [{ server: 'everything' }, { server: 'silent' }],
    });
    await put(gateway, 'endpoints/slow', { namespace: 'slow' });
    const session = await openSession(`${gateway.url}/metamcp/slow/mcp`, key);
    const list = await session.request('tools/list');
    assert.ok(names(list.body.result?.tools).includes('everything__echo'));
    assert.ok(silent.waiting() > 0, 'the silent server is still being tried');
    const reply = await session.callTool('everything__echo', { message: 'still here' });
    assert.match(JSON.stringify(reply.body.result), /still here/);
  });
});
