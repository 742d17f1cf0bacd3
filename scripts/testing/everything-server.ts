/** The official `everything` server over Streamable HTTP, as an upstream for tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { waitFor } from './wait-for.ts';

export interface EverythingServer extends AsyncDisposable {
  /** Its MCP endpoint. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const SERVER = path.resolve(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

/** Starts it on `port`, or a free one, and waits until it answers. */
export async function startEverythingServer(port?: number): Promise<EverythingServer> {
  const listenPort = port ?? (await freePort());
  const child = spawn(process.execPath, [SERVER, 'streamableHttp'], {
    env: { PATH: process.env.PATH, PORT: String(listenPort) },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${listenPort}/mcp`;
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  // Any answer will do: a GET without a session is refused with 400.
  await waitFor(() => fetch(url).then((reply) => reply.status > 0), `an answer of ${url}`);
  return { url, pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: stop };
}
