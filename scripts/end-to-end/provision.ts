/** Ready-made configurations of a running gateway for end-to-end tests. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Gateway } from '../testing/start-gateway.ts';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules/@modelcontextprotocol');

/** PUTs and fails the test with the whole problem when the API refuses. */
export async function put(gateway: Gateway, resource: string, body: unknown): Promise<void> {
  const reply = await gateway.api('PUT', `/api/v1/${resource}`, body);
  assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply));
}

/** Body of a stdio server that runs one of the official packages. */
export function stdioServer(name: 'everything' | 'filesystem' | 'memory', ...args: string[]) {
  return {
    transport: 'stdio',
    command: process.execPath,
    args: [path.join(MODULES, `server-${name}/dist/index.js`), ...args],
  };
}

/** Issues a key and returns its secret. */
export async function issueKey(
  gateway: Gateway,
  name: string,
  fields: Record<string, unknown> = { endpoints: ['*'] },
): Promise<string> {
  const reply = await gateway.api('POST', '/api/v1/keys', { name, ...fields });
  assert.equal(reply.status, 201, JSON.stringify(reply));
  return (reply.body as { secret: string }).secret;
}

/** One stdio `everything` server behind the endpoint `default`; returns its URL and a key. */
export async function provisionEverything(gateway: Gateway): Promise<{ url: string; key: string }> {
  await put(gateway, 'servers/everything', stdioServer('everything'));
  await put(gateway, 'namespaces/main', { members: [{ server: 'everything' }] });
  await put(gateway, 'endpoints/default', { namespace: 'main' });
  return { url: `${gateway.url}/metamcp/default/mcp`, key: await issueKey(gateway, 'tester') };
}
