/** Starts the upstream's process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Upstream {
  readonly pid: number;
  readonly port: number;
  /** Path of the MCP server `name` with `tools` tools; it needs no registration. */
  path(name: string, tools: number): string;
  /** When the next large reply's last byte was sent (Unix milliseconds). */
  nextLastByteAt(): Promise<number>;
  stop(): void;
}

export async function startUpstream(): Promise<Upstream> {
  const child = fork(path.join(import.meta.dirname, 'main.ts'));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    pid: child.pid ?? 0,
    port,
    path: (name, tools) => `/${name}/${tools}/mcp`,
    async nextLastByteAt() {
      const [{ lastByteAt }] = (await once(child, 'message')) as [{ lastByteAt: number }];
      return lastByteAt;
    },
    stop: () => child.disconnect(),
  };
}
