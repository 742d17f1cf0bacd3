/** Real clients of both SDK lines through the whole gateway, in front of two real servers. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { waitFor } from '../testing/wait-for.ts';
import { issueKey, put, stdioServer } from './provision.ts';

const CLIENT = { name: 'test', version: '1' };

describe('real clients', () => {
  let gateway: Gateway;
  let folder: string;
  let url: URL;
  let key: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-clients-'));
    await writeFile(path.join(folder, 'note.txt'), 'hello from a file');
    gateway = await startGateway();
    await put(gateway, 'servers/everything', stdioServer('everything'));
    await put(gateway, 'servers/files', stdioServer('filesystem', folder));
    await put(gateway, 'namespaces/main', {
      members: [{ server: 'everything' }, { server: 'files' }],
    });
    await put(gateway, 'endpoints/default', { namespace: 'main' });
    url = new URL(`${gateway.url}/metamcp/default/mcp`);
    key = await issueKey(gateway, 'tester');
  });
  after(async () => {
    await gateway?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function requestInit(secret = key) {
    return { headers: { Authorization: `Bearer ${secret}` } };
  }

  async function connectLegacy(secret?: string): Promise<Client> {
    const client = new Client(CLIENT);
    const transport = new StreamableHTTPClientTransport(url, { requestInit: requestInit(secret) });
    // Their types differ in one optional field, which `exactOptionalPropertyTypes` minds.
    await client.connect(transport as Parameters<Client['connect']>[0]);
    return client;
  }

  it('of the first SDK line list and call, read and get', async () => {
    const client = await connectLegacy();
    assert.equal(client.getServerVersion()?.name, 'sluice');
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    assert.ok(names.includes('everything__echo') && names.includes('files__read_text_file'));
    const echo = await client.callTool({
      name: 'everything__echo',
      arguments: { message: 'hello' },
    });
    assert.deepEqual(echo.content, [{ type: 'text', text: 'Echo: hello' }]);
    const file = await client.callTool({
      name: 'files__read_text_file',
      arguments: { path: path.join(folder, 'note.txt') },
    });
    assert.match(JSON.stringify(file.content), /hello from a file/);
    const { prompts } = await client.listPrompts();
    const prompt = prompts.find(
      ({ arguments: wanted }) => !wanted?.some(({ required }) => required),
    );
    assert.ok(prompt);
    assert.ok((await client.getPrompt({ name: prompt.name })).messages.length > 0);
    const { resources } = await client.listResources();
    const { uri } = resources[0] ?? assert.fail('no resources');
    assert.ok(uri.startsWith('everything+'), uri);
    assert.equal((await client.readResource({ uri })).contents[0]?.uri, uri);
    assert.ok((await client.listResourceTemplates()).resourceTemplates.length > 0);
    await client.ping();
    await client.close();
  });

  it('get progress while a call runs', async () => {
    const client = await connectLegacy();
    const seen: number[] = [];
    const call = {
      name: 'everything__trigger-long-running-operation',
      arguments: { duration: 1, steps: 4 },
    };
    const onprogress = ({ progress }: { progress: number }) => void seen.push(progress);
    await client.callTool(call, undefined, { onprogress });
    assert.deepEqual(seen, [1, 2, 3, 4]);
    await client.close();
  });

  it('cancel a call', async () => {
    const client = await connectLegacy();
    const call = {
      name: 'everything__trigger-long-running-operation',
      arguments: { duration: 60, steps: 2 },
    };
    const cancelling = new AbortController();
    const cancelled = assert.rejects(
      client.callTool(call, undefined, { signal: cancelling.signal }),
    );
    await client.ping();
    cancelling.abort('enough');
    await cancelled;
    await waitFor(async () => {
      const { body } = await gateway.api('GET', '/api/v1/calls?outcome=cancelled');
      return (body as { items: unknown[] }).items.length > 0;
    }, 'the record of the cancelled call');
    await client.close();
  });

  it('of the second SDK line probe, fall back to initialize and go on', async () => {
    const client = new ModernClient(CLIENT, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new ModernTransport(url, { requestInit: requestInit() }));
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === 'everything__echo'));
    const echo = await client.callTool({ name: 'everything__echo', arguments: { message: 'v2' } });
    assert.deepEqual(echo.content, [{ type: 'text', text: 'Echo: v2' }]);
    await client.close();
  });

  it('go on with their session after a restart of the sidecar', async () => {
    const client = await connectLegacy();
    const before = gateway.processes()['proxy-plugin'];
    assert.ok(before);
    process.kill(before, 'SIGKILL');
    const answered = await waitFor(
      () => client.callTool({ name: 'everything__echo', arguments: { message: 'again' } }),
      'an answer after the restart',
    );
    assert.deepEqual(answered.content, [{ type: 'text', text: 'Echo: again' }]);
    assert.notEqual(gateway.processes()['proxy-plugin'], before);
    await client.close();
  });

  it('are refused on the next request when their key is revoked', async () => {
    const client = await connectLegacy(await issueKey(gateway, 'doomed'));
    await client.listTools();
    await gateway.api('POST', '/api/v1/keys/doomed/revoke');
    await assert.rejects(client.listTools(), /revoked_credential|401|Unauthorized/);
    await client.close().catch(() => {});
  });
});
