/** What the load runs on: a gateway in front of a server over each transport, a shared one and a hostile one. */
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { end, SCRIPT, startServer } from '../end-to-end/features/start-feature-gateway.ts';
import { issueKey, put } from '../end-to-end/provision.ts';
import { type Gateway, startGateway } from '../testing/start-gateway.ts';

export interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  /** One principal each. */
  readonly keys: readonly string[];
  /** URL of the endpoint of a server, up to its path. */
  url(server: string): string;
}

/** Each has an endpoint of its name, which shows the server's own names. */
export const DEPENDABLE = ['stdio', 'shared', 'http', 'sse'] as const;
export const HOSTILE = 'hostile';
/** Those that run as children of the sidecar. */
export const STDIO = ['stdio', 'shared'] as const;
/** In the environment of a server's children: tells whose they are. */
export const SERVER_MARK = 'ENDURANCE_SERVER';

const PRINCIPALS = 4;
const HOSTILE_SCRIPT = path.join(import.meta.dirname, '../end-to-end/hostile/hostile-server.ts');
/** Idle upstreams end soon, so that what is left in the end is a leak. */
const COMMON = { idle_timeout_ms: 2_000, request_timeout_ms: 3_000 };

export async function startScene(): Promise<Scene> {
  const remotes = { http: await startServer('http'), sse: await startServer('sse') };
  const endRemotes = () => endAll([remotes.http.child, remotes.sse.child]);
  try {
    const gateway = await startGateway();
    await provision(gateway, remotes.http.url, remotes.sse.url);
    const names = Array.from({ length: PRINCIPALS }, (_, number) => `principal-${number}`);
    return {
      gateway,
      keys: await Promise.all(names.map((name) => issueKey(gateway, name))),
      url: (server) => `${gateway.url}/metamcp/${server}`,
      async [Symbol.asyncDispose]() {
        await gateway.stop();
        await endRemotes();
      },
    };
  } catch (error) {
    await endRemotes();
    throw error;
  }
}

async function provision(gateway: Gateway, http: string, sse: string): Promise<void> {
  const child = (script: string, name: string) => ({
    transport: 'stdio',
    command: process.execPath,
    args: [script],
    env: { [SERVER_MARK]: name },
    ...COMMON,
  });
  const servers = {
    stdio: child(SCRIPT, 'stdio'),
    shared: { ...child(SCRIPT, 'shared'), isolation: 'shared' },
    http: { transport: 'streamable-http', url: http, ...COMMON },
    sse: { transport: 'sse', url: sse, ...COMMON },
    [HOSTILE]: child(HOSTILE_SCRIPT, HOSTILE),
  };
  for (const [name, server] of Object.entries(servers)) {
    await put(gateway, `servers/${name}`, server);
    await put(gateway, `namespaces/${name}`, { members: [{ server: name, prefix: '' }] });
    await put(gateway, `endpoints/${name}`, { namespace: name });
  }
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(children.map(end));
}
