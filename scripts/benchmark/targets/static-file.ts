/** Bytes served by a bare node:http process: the floor for a list that is the same each time. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Target } from './target.ts';

export interface StaticFile {
  readonly target: Target;
  stop(): void;
}

export async function serveStatically(body: string): Promise<StaticFile> {
  const child = fork(path.join(import.meta.dirname, 'static-server.ts'));
  child.send({ body });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    target: {
      name: 'static file',
      load: {
        address: { host: '127.0.0.1', port },
        lanes: [{ path: '/', headers: { host: '127.0.0.1' }, tools: [] }],
      },
      processes: () => [],
    },
    stop: () => child.disconnect(),
  };
}
