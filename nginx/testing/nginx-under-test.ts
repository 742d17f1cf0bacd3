/** A real NGINX on free ports, with the rendered includes and stand-ins for the planes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/testing/free-port.ts';
import { waitFor } from '../../scripts/testing/wait-for.ts';
import { type NginxSettings, renderNginx } from '../render-nginx.ts';
import { type Planes, startPlanes } from './planes.ts';

export const NGINX = process.env.SLUICE_NGINX ?? 'nginx';

export interface NginxUnderTest extends AsyncDisposable {
  readonly port: number;
  readonly adminPort: number;
  readonly dataDir: string;
  readonly planes: Planes;
  /** Process id of the master. */
  readonly pid: number;
  /** The access log so far, once it has a line that `isThere` accepts. */
  accessLog(isThere: (line: AccessLine) => boolean): Promise<readonly AccessLine[]>;
  errorLog(): Promise<string>;
}

/** One line of the access log. */
export type AccessLine = Readonly<Record<string, string | number>>;

export interface NginxTestOptions {
  readonly settings?: Partial<NginxSettings>;
  /** Whether operators have a listener of their own. */
  readonly adminApart?: boolean;
  /** Listens on every address, and its public URL says nothing more. */
  readonly wildcard?: boolean;
  /** Changes the rendered files, as an operator would, and may return another main configuration. */
  readonly edit?: (place: EditPlace) => Promise<string | undefined>;
}

export interface EditPlace {
  readonly dataDir: string;
  /** `<dataDir>/nginx` */
  readonly prefix: string;
  readonly port: number;
}

/** Throws with NGINX's own words if it does not start. */
export async function startNginx(options: NginxTestOptions = {}): Promise<NginxUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-nginx-'));
  const port = await freePort();
  const adminPort = options.adminApart ? await freePort() : port;
  const address = options.wildcard ? '0.0.0.0' : '127.0.0.1';
  const rendered = await renderNginx({
    ...testSettings(dataDir),
    listen: `${address}:${port}`,
    adminListen: `${address}:${adminPort}`,
    publicUrl: options.wildcard ? `http://127.0.0.1:${port}` : 'https://mcp.example.com',
    ...options.settings,
  });
  const edited = await options.edit?.({ dataDir, prefix: rendered.prefix, port });
  const planes = await startPlanes(dataDir);
  // It ends with the test process, also when that is killed.
  const master = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'TERM',
      '--',
      NGINX,
      '-p',
      rendered.prefix,
      '-c',
      edited ?? rendered.config,
      '-g',
      'daemon off;',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await untilListening(master, port, dataDir);
  return {
    port,
    adminPort,
    dataDir,
    planes,
    pid: master.pid ?? 0,
    accessLog: (isThere) => readAccessLog(dataDir, isThere),
    errorLog: () => readFile(join(dataDir, 'log/error.log'), 'utf8'),
    async [Symbol.asyncDispose]() {
      master.kill('SIGTERM');
      if (master.exitCode === null) await once(master, 'exit');
      await planes[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Settings with one listener on a wildcard port that nothing ever binds; for rendering alone. */
export function testSettings(dataDir: string): NginxSettings {
  return {
    dataDir,
    runDir: dataDir,
    listen: '127.0.0.1:12008',
    adminListen: '127.0.0.1:12008',
    publicUrl: 'http://127.0.0.1:12008',
    limitHeaders: [],
    user: process.getuid?.() === 0 ? 'root' : undefined,
    nginx: NGINX,
  };
}

async function untilListening(master: ChildProcess, port: number, dataDir: string): Promise<void> {
  let said = '';
  master.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const answers = () =>
    master.exitCode !== null ||
    fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(() => true);
  await waitFor(answers, `NGINX on port ${port}`);
  if (master.exitCode === null) return;
  await rm(dataDir, { recursive: true });
  throw new Error(`NGINX did not start: ${said}`);
}

async function readAccessLog(
  dataDir: string,
  isThere: (line: AccessLine) => boolean,
): Promise<readonly AccessLine[]> {
  return waitFor(async () => {
    const text = await readFile(join(dataDir, 'log/access.log'), 'utf8');
    const lines = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as AccessLine);
    return lines.some(isThere) ? lines : undefined;
  }, 'the line in the access log');
}
