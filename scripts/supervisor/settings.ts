/** Settings: environment variables and `SLUICE_ENV_FILE`, checked once, every fault in a line of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import {
  LOG_LEVELS,
  type LogLevel,
  oneOf,
  parseCount,
  parseLimitHeaders,
  parseOrigin,
  STDIO_POLICIES,
  type StdioPolicy,
} from '../../control-plane/contract/setting-values.ts';
import {
  isLoopback,
  isWildcard,
  type ListenAddress,
  listenAddress,
  parseListenAddress,
  reachableAddress,
} from './listen-address.ts';
import { reasonOf, StartError } from './start-error.ts';

export interface Settings {
  /** Absolute. */
  readonly dataDir: string;
  readonly listen: ListenAddress;
  readonly adminListen: ListenAddress;
  /** Origin, no trailing slash. */
  readonly publicUrl: string;
  /** The user to become; undefined keeps the present one. */
  readonly user: string | undefined;
  readonly stdio: StdioPolicy;
  readonly stdioAllowFile: string;
  /** Lower-case. */
  readonly limitHeaders: readonly string[];
  /** Empty when there is none. */
  readonly envFile: string;
  readonly logLevel: LogLevel;
  readonly callsMaxAgeDays: number;
  readonly callsMaxMb: number;
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** One line each. */
  readonly warnings: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Names that are settings of the processes around the gateway, or values behind `env:` references. */
const NOT_OURS = /^SLUICE_(SECRET_.+|SUPERVISED|INSTANCE_ID|UPSTREAM_ID|RUN_DIR|VERSION)$/;
const KNOWN = new Set([
  'SLUICE_DATA_DIR',
  'SLUICE_LISTEN',
  'SLUICE_ADMIN_LISTEN',
  'SLUICE_PUBLIC_URL',
  'SLUICE_USER',
  'SLUICE_STDIO',
  'SLUICE_STDIO_ALLOW_FILE',
  'SLUICE_LIMIT_HEADERS',
  'SLUICE_ENV_FILE',
  'SLUICE_LOG_LEVEL',
  'SLUICE_CALLS_MAX_AGE_DAYS',
  'SLUICE_CALLS_MAX_MB',
]);

/**
 * Resolves the settings in `env`, which win over those of the file that `SLUICE_ENV_FILE` names.
 * Relative paths are seen from `cwd`; the default data folder is `var` in `root`, wherever that is
 * called from. Throws `StartError` with one fault per bad setting.
 */
export function resolveSettings(
  env: Variables,
  { root, cwd }: { readonly root: string; readonly cwd: string },
): ResolvedSettings {
  const envFile = env.SLUICE_ENV_FILE ? path.resolve(cwd, env.SLUICE_ENV_FILE) : '';
  const variables = { ...readEnvFile(envFile), ...withoutEmpty(env) };
  const faults: string[] = [];
  /** The parsed value of a setting, its fallback when it is not set; a fault is noted and `fallback` goes on. */
  function read<T>(name: string, parse: (text: string) => T, fallback: T): T {
    const text = variables[name]?.trim();
    if (!text) return fallback;
    try {
      return parse(text);
    } catch (error) {
      faults.push(`${name}: ${reasonOf(error)}`);
      return fallback;
    }
  }
  const absolute = (text: string) => path.resolve(cwd, text);
  const dataDir = read('SLUICE_DATA_DIR', absolute, path.join(root, 'var'));
  const listen = read('SLUICE_LISTEN', parseListen, listenAddress('127.0.0.1', 12008));
  const settings: Settings = {
    dataDir,
    listen,
    adminListen: read('SLUICE_ADMIN_LISTEN', parseListen, defaultAdminListen(listen)),
    publicUrl: read('SLUICE_PUBLIC_URL', parseOrigin, `http://${reachableAddress(listen).text}`),
    user: read('SLUICE_USER', parseUser, undefined),
    stdio: read('SLUICE_STDIO', oneOf(STDIO_POLICIES), isLoopback(listen) ? 'any' : 'allow-list'),
    stdioAllowFile: read(
      'SLUICE_STDIO_ALLOW_FILE',
      existing(absolute),
      path.join(dataDir, 'stdio-allow.list'),
    ),
    limitHeaders: read('SLUICE_LIMIT_HEADERS', parseLimitHeaders, []),
    envFile,
    logLevel: read('SLUICE_LOG_LEVEL', oneOf(LOG_LEVELS), 'info'),
    callsMaxAgeDays: read('SLUICE_CALLS_MAX_AGE_DAYS', parseCount, 30),
    callsMaxMb: read('SLUICE_CALLS_MAX_MB', parseCount, 512),
  };
  if (faults.length > 0) throw new StartError(faults);
  return { settings, warnings: warningsFor(settings, variables) };
}

function readEnvFile(file: string): Variables {
  if (!file) return {};
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError(`SLUICE_ENV_FILE: can't read ${file}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function withoutEmpty(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

function defaultAdminListen(listen: ListenAddress): ListenAddress {
  return isLoopback(listen) ? listen : listenAddress('127.0.0.1', 12009);
}

function parseListen(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (!address)
    throw new Error(
      `${JSON.stringify(text)} is not <IP address>:<port>, like 127.0.0.1:12008 or [::1]:12008`,
    );
  return address;
}

function parseUser(name: string): string | undefined {
  if (process.getuid?.() === 0) return name === 'root' ? undefined : name;
  if (name === userInfo().username) return undefined;
  throw new Error(`only root can become ${name}; unset it, or start as root`);
}

function existing(absolute: (text: string) => string): (text: string) => string {
  return (text) => {
    if (existsSync(absolute(text))) return absolute(text);
    throw new Error(`there is no file ${absolute(text)}`);
  };
}

function warningsFor(settings: Settings, variables: Variables): readonly string[] {
  const warnings: string[] = [];
  for (const name of Object.keys(variables)) {
    if (name.startsWith('SLUICE_') && !KNOWN.has(name) && !NOT_OURS.test(name)) {
      warnings.push(`${name} is not a setting of this version and has no effect`);
    }
  }
  if (isWildcard(settings.listen) && !variables.SLUICE_PUBLIC_URL) {
    warnings.push(
      `SLUICE_PUBLIC_URL is not set, so URLs in answers start with ${settings.publicUrl}`,
    );
  }
  if (process.getuid?.() === 0 && !variables.SLUICE_USER) {
    warnings.push('running as root: set SLUICE_USER to run everything as an ordinary user');
  }
  return warnings;
}
