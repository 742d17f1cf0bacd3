/** The environment, checked once: every setting of the control plane as a typed value. */
import { isAbsolute, join } from 'node:path';

const STDIO_POLICIES = ['any', 'allow-list', 'off'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A limit's bucket is named after the header's value, and the sidecar gets it: never a secret. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'x-api-key', 'cookie', 'proxy-authorization']);

/** Plain data: it is handed to the storage thread as it is. */
export interface Config {
  readonly dataDir: string;
  readonly runDir: string;
  /** `host:port` of the two NGINX listeners. */
  readonly listen: string;
  readonly adminListen: string;
  /** Origin that clients use, no trailing slash. */
  readonly publicUrl: string;
  readonly stdio: (typeof STDIO_POLICIES)[number];
  /** Path of the argv patterns, or ''. */
  readonly stdioAllowFile: string;
  /** Lower-case names of headers that limits may count by. */
  readonly limitHeaders: readonly string[];
  /** Path of the dotenv file behind `env:NAME`, or ''. */
  readonly envFile: string;
  readonly callsMaxAgeDays: number;
  readonly callsMaxMb: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly version: string;
  /** End with the supervisor: its end of our stdin closes. */
  readonly supervised: boolean;
}

/** One or more settings that can't be used; the message has a line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `ConfigError` naming every wrong setting at once. */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const read = reader(env, problems);
  const config: Config = {
    dataDir: read.folder('SLUICE_DATA_DIR'),
    runDir: read.folder('SLUICE_RUN_DIR'),
    listen: read.text('SLUICE_LISTEN', '127.0.0.1:12008'),
    adminListen: read.text('SLUICE_ADMIN_LISTEN', '127.0.0.1:12008'),
    publicUrl: read.origin('SLUICE_PUBLIC_URL'),
    stdio: read.oneOf('SLUICE_STDIO', STDIO_POLICIES, 'allow-list'),
    stdioAllowFile: read.text('SLUICE_STDIO_ALLOW_FILE', ''),
    limitHeaders: read.headerNames('SLUICE_LIMIT_HEADERS'),
    envFile: read.text('SLUICE_ENV_FILE', ''),
    callsMaxAgeDays: read.positive('SLUICE_CALLS_MAX_AGE_DAYS', 30),
    callsMaxMb: read.positive('SLUICE_CALLS_MAX_MB', 512),
    logLevel: read.oneOf('SLUICE_LOG_LEVEL', LOG_LEVELS, 'info'),
    version: read.text('SLUICE_VERSION', 'development'),
    supervised: env.SLUICE_SUPERVISED === '1',
  };
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}

/** Paths of the unix sockets that the control plane listens on. */
export function socketPaths(config: Pick<Config, 'runDir'>) {
  return {
    decision: join(config.runDir, 'decision.sock'),
    api: join(config.runDir, 'api.sock'),
    channel: join(config.runDir, 'channel.sock'),
  };
}

function reader(env: Environment, problems: string[]) {
  const text = (name: string, fallback: string) => env[name] || fallback;
  return {
    text,
    folder(name: string): string {
      const value = text(name, '');
      if (!isAbsolute(value)) problems.push(`${name} must be an absolute path, not "${value}"`);
      return value;
    },
    origin(name: string): string {
      const value = text(name, `http://${text('SLUICE_LISTEN', '127.0.0.1:12008')}`);
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
      problems.push(`${name} must be an origin such as https://mcp.example.com, not "${value}"`);
      return '';
    },
    oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
      const value = allowed.find((word) => word === text(name, fallback));
      if (!value) problems.push(`${name} must be one of ${allowed.join(', ')}, not "${env[name]}"`);
      return value ?? fallback;
    },
    positive(name: string, fallback: number): number {
      const value = Number(text(name, String(fallback)));
      if (!(value > 0)) problems.push(`${name} must be a number above 0, not "${env[name]}"`);
      return value;
    },
    headerNames(name: string): readonly string[] {
      const names = text(name, '')
        .split(',')
        .map((part) => part.trim().toLowerCase())
        .filter((part) => part !== '');
      for (const part of names) {
        if (CREDENTIAL_HEADERS.has(part)) problems.push(`${name}: "${part}" holds a credential`);
        else if (!/^[a-z0-9-]{1,64}$/.test(part)) problems.push(`${name}: "${part}" is no header`);
      }
      return names;
    },
  };
}
