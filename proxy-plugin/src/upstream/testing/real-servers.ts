/** Real MCP servers from npm, as they are registered in tests. */
import { createRequire } from 'node:module';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { serverOf } from './test-upstreams.ts';

const packageFile = createRequire(import.meta.url).resolve;

export function scriptOf(name: 'everything' | 'filesystem' | 'memory'): string {
  return packageFile(`@modelcontextprotocol/server-${name}/dist/index.js`);
}

export function realServer(
  name: 'everything' | 'filesystem' | 'memory',
  changes: Partial<ServerRuntime> = {},
  ...args: string[]
): ServerRuntime {
  return serverOf(name, { command: process.execPath, args: [scriptOf(name), ...args], ...changes });
}
