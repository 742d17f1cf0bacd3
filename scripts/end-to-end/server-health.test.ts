/** What an operator and a client see of a server that crashes or dies, through the whole gateway. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { openSession } from './mcp-session.ts';
import { issueKey, put, stdioServer } from './provision.ts';

interface Status {
  readonly health: string;
  readonly processes: readonly number[];
  readonly last_error?: string;
  readonly next_try_at?: string;
}

/** An MCP server with one tool that can be switched off: a proxy is in front of it, so to speak. */
async function startSwitched() {
  const state = { isOff: false };
  const results: Readonly<Record<string, unknown>> = {
    initialize: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'switched', version: '1' },
    },
    'tools/list': { tools: [{ name: 'greet', inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'hello' }] },
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (state.isOff) return void response.writeHead(503).end();
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method = '' } = JSON.parse(Buffer.concat(chunks).toString());
    if (id === undefined) return void response.writeHead(202).end();
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(state, { url, close });
}

describe('the health of a server', () => {
  let gateway: Gateway;
  let key: string;
  let switched: Awaited<ReturnType<typeof startSwitched>>;

  before(async () => {
    switched = await startSwitched();
    gateway = await startGateway();
    await put(gateway, 'servers/everything', {
      ...stdioServer('everything'),
      isolation: 'shared',
    });
    await put(gateway, 'servers/switched', {
      transport: 'streamable-http',
      url: switched.url,
      probe_interval_ms: 200,
    });
    const members = [{ server: 'everything' }, { server: 'switched' }];
    await put(gateway, 'namespaces/main', { members });
    await put(gateway, 'endpoints/default', { namespace: 'main' });
    key = await issueKey(gateway, 'tester');
  });
  after(async () => {
    await gateway?.stop();
    switched.close();
  });

  const open = () => openSession(`${gateway.url}/metamcp/default/mcp`, key);

  function statusOnce(server: string, isMeant: (status: Status) => boolean, withinMs?: number) {
    const find = async () => {
      const reply = await gateway.api('GET', `/api/v1/servers/${server}`);
      const { status } = reply.body as { status: Status };
      return isMeant(status) ? status : undefined;
    };
    return waitFor(find, `such a status of ${server}`, withinMs);
  }

  it('shows a killed child within a second, and that it is well again', async () => {
    const session = await open();
    await session.callTool('everything__echo', { message: 'first' });
    const { processes } = await statusOnce('everything', (status) => status.processes.length === 1);
    for (const pid of processes) process.kill(pid, 'SIGKILL');
    const { last_error } = await statusOnce(
      'everything',
      ({ health }) => health === 'degraded',
      1_000,
    );
    assert.match(last_error ?? '', /killed by SIGKILL/);
    const { body } = await session.callTool('everything__echo', { message: 'again' });
    assert.match(JSON.stringify(body), /Echo: again/);
    await statusOnce('everything', ({ health }) => health === 'ready', 1_000);
  });

  it('shows one that died unused as down; its tools stay, its calls are refused at once, others go on', async () => {
    const session = await open();
    const text = async (tool: string, args: unknown = {}) =>
      JSON.stringify((await session.callTool(tool, args)).body);
    assert.match(await text('switched__greet'), /hello/);
    switched.isOff = true;
    const { last_error, next_try_at } = await statusOnce(
      'switched',
      ({ health }) => health === 'down',
    );
    assert.match(last_error ?? '', /"switched" answered HTTP 503/);
    assert.ok(Date.parse(next_try_at ?? '') > Date.now() - 1_000);
    const list = await session.request('tools/list');
    assert.match(JSON.stringify(list.body), /switched__greet/);
    assert.match(await text('switched__greet'), /isError|answered HTTP 503/);
    assert.match(await text('everything__echo', { message: 'here' }), /Echo: here/);
  });

  it('does not take away its tools when the proxy plugin starts anew meanwhile', async () => {
    const before = gateway.processes()['proxy-plugin'];
    assert.ok(before);
    process.kill(before, 'SIGKILL');
    await waitFor(() => {
      const now = gateway.processes()['proxy-plugin'];
      return now !== undefined && now !== before;
    }, 'another proxy plugin');
    await waitFor(async () => {
      const list = await (await open()).request('tools/list');
      return JSON.stringify(list.body).includes('switched__greet');
    }, 'the tools of a server that is down');
    await statusOnce('switched', ({ health }) => health === 'down');
  });

  it('is tried again at once by sync, which says what came of it', async () => {
    const failed = await gateway.api('POST', '/api/v1/servers/switched/sync');
    assert.match(JSON.stringify(failed.body), /"outcome":"failed".*HTTP 503/);
    switched.isOff = false;
    const listed = await gateway.api('POST', '/api/v1/servers/switched/sync');
    assert.deepEqual(listed.body, { server: 'switched', outcome: 'listed', tools: 1 });
    await statusOnce('switched', ({ health }) => health === 'ready', 1_000);
    const reply = await (await open()).callTool('switched__greet');
    assert.match(JSON.stringify(reply.body), /hello/);
  });
});
