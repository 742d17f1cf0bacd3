/** Writes the NGINX configuration into the data folder: the includes, and a whole NGINX that uses them. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fillTemplate } from './fill-template.ts';
import { inspectNginx } from './inspect-nginx.ts';
import { hostsOf } from './server-hosts.ts';

export interface NginxSettings {
  /** Absolute; the files go to its `nginx` folder, the logs to its `log` folder. */
  readonly dataDir: string;
  /** Absolute; where the unix sockets of the planes are. */
  readonly runDir: string;
  /** `host:port` for MCP clients, and for operators: the same or another. */
  readonly listen: string;
  readonly adminListen: string;
  /** Origin that clients use. */
  readonly publicUrl: string;
  /** Request headers that limits count by. */
  readonly limitHeaders: readonly string[];
  /** Whom the workers run as, if the master is root: they must be able to open the sockets. */
  readonly user: string | undefined;
  /** The NGINX binary. */
  readonly nginx: string;
}

/** What NGINX is started with: `nginx -p <prefix> -c <config>`. */
export interface RenderedNginx {
  readonly prefix: string;
  readonly config: string;
}

/** Headers that the decision gets in any case; a second line of the same name would confuse it. */
const ALWAYS_SENT = new Set([
  'host',
  'origin',
  'mcp-method',
  'mcp-name',
  'mcp-session-id',
  'mcp-protocol-version',
]);
const TEMP_PATHS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;
const TUNABLES = /^tunables-/;

/**
 * Renders everything to `<dataDir>/nginx/`; files that operators may edit (`tunables-*.conf`) only if
 * they are missing. Throws an `Error` that says what to do as `inspectNginx` does, and if a
 * setting can't stand in an NGINX file.
 */
export async function renderNginx(settings: NginxSettings): Promise<RenderedNginx> {
  const { without } = await inspectNginx(settings.nginx);
  const prefix = join(settings.dataDir, 'nginx');
  const logDir = join(settings.dataDir, 'log');
  const servers = join(prefix, 'servers');
  await rm(servers, { recursive: true, force: true });
  for (const folder of [servers, join(prefix, 'temp'), logDir]) {
    await mkdir(folder, { recursive: true });
  }
  const values = {
    dir: quotable(prefix),
    log_dir: quotable(logDir),
    run_dir: quotable(settings.runDir),
    limit_headers: limitHeaderLines(settings.limitHeaders),
    user: settings.user ? `user ${settings.user};` : '',
    worker_processes: String(Math.min(availableParallelism(), 2)),
    temp_paths: tempPathLines(prefix, without),
    ...serverValues(settings, prefix),
  };
  for (const name of await readdir(source('includes'))) {
    await render(`includes/${name}`, join(prefix, name), values);
  }
  for (const name of serverNames(settings)) {
    await render(`examples/${name}`, join(servers, name), values);
  }
  const config = join(prefix, 'nginx.conf');
  await render('examples/gateway.conf', config, values);
  return { prefix, config };
}

type Values = Readonly<Record<string, string>>;

async function render(template: string, target: string, values: Values): Promise<void> {
  const text = fillTemplate(await readFile(source(template), 'utf8'), values);
  if (!TUNABLES.test(template.split('/')[1] ?? '')) return writeFile(target, text);
  await writeFile(target, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function source(name: string): string {
  return join(import.meta.dirname, name);
}

function apart(settings: NginxSettings): boolean {
  return settings.adminListen !== settings.listen;
}

/** The server blocks that this configuration needs. */
function serverNames(settings: NginxSettings): readonly string[] {
  const restricted = [settings.listen, settings.adminListen].some((listen) =>
    Array.isArray(hostsOf(listen, settings.publicUrl)),
  );
  return [
    'server.conf',
    ...(apart(settings) ? ['admin-server.conf'] : []),
    ...(restricted ? ['unknown-host.conf'] : []),
  ];
}

/** Placeholders of the server blocks: who listens where, for which host names. */
function serverValues(settings: NginxSettings, prefix: string): Values {
  const hosts = hostsOf(settings.listen, settings.publicUrl);
  const adminHosts = hostsOf(settings.adminListen, settings.publicUrl);
  const listens = [
    ...(hosts === 'any' ? [] : [settings.listen]),
    ...(apart(settings) && adminHosts !== 'any' ? [settings.adminListen] : []),
  ];
  return {
    listen: settings.listen,
    admin_listen: settings.adminListen,
    server_names: hosts === 'any' ? '_' : hosts.join(' '),
    admin_server_names: adminHosts === 'any' ? '_' : adminHosts.join(' '),
    default_server: hosts === 'any' ? ' default_server' : '',
    admin_default_server: adminHosts === 'any' ? ' default_server' : '',
    and_operators: apart(settings) ? '' : ', and operators',
    admin_include: apart(settings) ? '' : `include "${quotable(prefix)}/sluice-admin.conf";`,
    listens: listens.map((listen) => `listen ${listen} default_server;`).join('\n'),
  };
}

function limitHeaderLines(names: readonly string[]): string {
  return [...new Set(names.map((name) => name.toLowerCase()))]
    .filter((name) => !ALWAYS_SENT.has(name))
    .map((name) => {
      if (!/^[a-z0-9-]{1,64}$/.test(name)) {
        throw new Error(`SLUICE_LIMIT_HEADERS: "${name}" is no header name (a-z, 0-9, -)`);
      }
      return `proxy_set_header ${name} $http_${name.replaceAll('-', '_')};`;
    })
    .join('\n');
}

/** Builds may lack modules; naming their temporary folders would be an unknown directive. */
function tempPathLines(prefix: string, without: ReadonlySet<string>): string {
  return TEMP_PATHS.filter((name) => !without.has(name))
    .map((name) => `${name}_temp_path "${quotable(prefix)}/temp/${name}";`)
    .join('\n');
}

/** Paths stand in double quotes in NGINX files; it has no escape for `$`, and `include` takes globs. */
function quotable(path: string): string {
  const odd = /["'\\$*?[\]{}\p{Cc}]/u.exec(path);
  if (!odd) return path;
  throw new Error(
    `The path ${JSON.stringify(path)} holds ${JSON.stringify(odd[0])}, which NGINX files can't express. ` +
      'Set SLUICE_DATA_DIR and SLUICE_RUN_DIR to paths without it.',
  );
}
