/** The official server-everything over Streamable HTTP or HTTP+SSE, on a free port, restartable. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { scriptOf } from './real-servers.ts';
import { eventually } from './test-upstreams.ts';

export interface EverythingOverHttp extends AsyncDisposable {
  readonly url: string;
  /** Kills it and starts it again on the same port: it then knows no session. */
  restart(): Promise<void>;
}

/** By the argument that it takes. */
const PATHS = { streamableHttp: '/mcp', sse: '/sse' } as const;

export async function startEverything(
  transport: keyof typeof PATHS = 'streamableHttp',
): Promise<EverythingOverHttp> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(process.execPath, [scriptOf('everything'), transport], {
      env: { PATH: process.env.PATH, PORT: String(port) },
      stdio: 'ignore',
    });
    await eventually(`an answer of ${origin}`, () =>
      fetch(origin).then(
        () => true,
        () => false,
      ),
    );
  }

  async function stop(): Promise<void> {
    const exited = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    url: `${origin}${PATHS[transport]}`,
    async restart() {
      await stop();
      await start();
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
