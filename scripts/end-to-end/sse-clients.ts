/** Real clients of HTTP+SSE for tests: an SDK and the two bridges that stdio clients use. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';
import { provisionEverything } from './provision.ts';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');
const MCP_PROXY = path.join(MODULES, '.cache/mcp-proxy/bin/mcp-proxy');
const MCP_REMOTE = path.join(MODULES, 'mcp-remote/dist/proxy.js');

export const SSE_CLIENTS = ['the SDK', 'mcp-remote', 'mcp-proxy'] as const;
export type SseClientKind = (typeof SSE_CLIENTS)[number];

export interface SseClients extends AsyncDisposable {
  readonly gateway: Gateway;
  /** With the gateway's own key, or `secret`. */
  connect(kind: SseClientKind, secret?: string): Promise<Client>;
  /** Closes every client that was connected since the last time. */
  closeAll(): Promise<void>;
}

export const ECHO = { name: 'everything__echo', arguments: { message: 'hello' } };

/** The text that a call brought; rejects with the error that it brought instead. */
export async function echo(client: Client): Promise<string> {
  const result = await client.callTool(ECHO, undefined, { timeout: 5_000 });
  const [content] = result.content as { readonly text: string }[];
  if (result.isError) throw new Error(content?.text);
  return content?.text ?? '';
}

/** Starts a gateway with the official `everything` server for them. */
export async function startSseClients(): Promise<SseClients> {
  assert.ok(existsSync(MCP_PROXY), 'the client is missing: ./scripts/install mcp-proxy');
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-sse-'));
  const gateway = await startGateway();
  const { key } = await provisionEverything(gateway);
  const url = `${gateway.url}/metamcp/default/sse`;
  const clients: Client[] = [];

  const bridge = (command: string, args: string[], env: Record<string, string> = {}) => {
    const own = { PATH: process.env.PATH ?? '', HOME: folder, MCP_REMOTE_CONFIG_DIR: folder };
    return new StdioClientTransport({ command, args, env: { ...own, ...env }, stderr: 'ignore' });
  };
  const transports = {
    'the SDK': (secret: string) =>
      new SSEClientTransport(new URL(url), {
        requestInit: { headers: { Authorization: `Bearer ${secret}` } },
      }),
    'mcp-remote': (secret: string) => {
      const header = `Authorization: Bearer ${secret}`;
      const args = [MCP_REMOTE, url, '--transport', 'sse-only', '--header', header];
      return bridge(process.execPath, args);
    },
    'mcp-proxy': (secret: string) => bridge(MCP_PROXY, [url], { API_ACCESS_TOKEN: secret }),
  };
  const closeAll = async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.close()));
  };
  return {
    gateway,
    async connect(kind, secret = key) {
      const client = new Client({ name: 'test', version: '1' });
      clients.push(client);
      // Their types differ in one optional field, which `exactOptionalPropertyTypes` minds.
      await client.connect(transports[kind](secret) as Parameters<Client['connect']>[0]);
      return client;
    },
    closeAll,
    async [Symbol.asyncDispose]() {
      await closeAll();
      await gateway.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
