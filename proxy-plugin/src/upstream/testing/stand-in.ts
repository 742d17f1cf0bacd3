/** Small stdio servers with faults, written to temporary files: what no honest package does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { serverOf } from './test-upstreams.ts';

/** Shared by all stand-ins: answers `initialize` and `tools/list`, gives all else to `onCall`. */
const PRELUDE = `
const send = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
const reply = (id, result) => send({ jsonrpc: '2.0', id, result });
const text = (id, value) => reply(id, { content: [{ type: 'text', text: String(value) }] });
const serve = (onCall, options = {}) => {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\\n');
    rest = lines.pop();
    for (const line of lines) handle(JSON.parse(line), line);
  });
  if (options.staysOnEof !== true) process.stdin.on('end', () => process.exit(0));
  const handle = (message, line) => {
    if (message.method === 'initialize') {
      const capabilities = options.capabilities ?? { tools: {} };
      const { protocolVersion } = message.params;
      const serverInfo = { name: 'stand-in', version: '1' };
      reply(message.id, { protocolVersion, capabilities, serverInfo });
    } else if (message.method === 'tools/list') {
      reply(message.id, { tools: options.tools?.() ?? [{ name: 'any', inputSchema: { type: 'object' } }] });
    } else if (message.id !== undefined || options.wantsAll) onCall?.(message, line);
  };
};
`;

export interface StandIns {
  /** A server that runs `script` after the prelude. */
  write(name: string, script: string, changes?: Partial<ServerRuntime>): Promise<ServerRuntime>;
  readonly folder: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createStandIns(): Promise<StandIns> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-stand-in-'));
  return {
    folder,
    async write(name, script, changes = {}) {
      const file = join(folder, `${name}.cjs`);
      await writeFile(file, PRELUDE + script);
      return serverOf(name, { command: process.execPath, args: [file], ...changes });
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
