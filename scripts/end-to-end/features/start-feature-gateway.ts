/** A gateway with the feature server behind it, once per upstream transport, each on its own endpoint. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '../../testing/free-port.ts';
import { type Gateway, startGateway } from '../../testing/start-gateway.ts';
import { issueKey, put } from '../provision.ts';

export const SCRIPT = path.join(import.meta.dirname, 'feature-server.ts');

export interface FeatureGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly key: string;
  /** URL of the endpoint in front of one kind of upstream. */
  url(endpoint: string): string;
}

export async function startFeatureGateway(): Promise<FeatureGateway> {
  const http = await startServer('http');
  const sse = await startServer('sse');
  const stopServers = () => Promise.all([end(http.child), end(sse.child)]);
  const gateway = await startGateway().catch(async (error: unknown) => {
    await stopServers();
    throw error;
  });
  const command = { command: process.execPath, args: [SCRIPT] };
  await put(gateway, 'servers/stdio', { transport: 'stdio', ...command });
  await put(gateway, 'servers/http', { transport: 'streamable-http', url: http.url });
  await put(gateway, 'servers/sse', { transport: 'sse', url: sse.url });
  await put(gateway, 'servers/shared', { transport: 'stdio', isolation: 'shared', ...command });
  for (const name of ['stdio', 'http', 'sse', 'shared']) {
    await put(gateway, `namespaces/${name}`, {
      members: [{ server: name, prefix: 'f' }],
      resource_uris: 'prefix',
    });
    await put(gateway, `endpoints/${name}`, { namespace: name });
  }
  const members = [
    { server: 'stdio', prefix: 'f' },
    { server: 'http', prefix: 'h' },
  ];
  await put(gateway, 'namespaces/both', { members });
  await put(gateway, 'endpoints/both', { namespace: 'both' });
  for (const name of ['stdio', 'http', 'sse', 'shared']) {
    const reply = await gateway.api('POST', `/api/v1/servers/${name}/sync`);
    assert.equal(reply.status, 200, JSON.stringify(reply));
  }
  return {
    gateway,
    key: await issueKey(gateway, 'tester'),
    url: (endpoint) => `${gateway.url}/metamcp/${endpoint}/mcp`,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await stopServers();
    },
  };
}

/** The feature server behind a URL; what `end` ends. */
export async function startServer(
  transport: 'http' | 'sse',
): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort();
  const child = spawn(process.execPath, [SCRIPT, transport, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { child, url: `http://127.0.0.1:${port}/mcp` };
}

export async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
