/** The environment, checked once: every setting of the control plane as a typed value. */
import { isAbsolute, join } from 'node:path';
import {
  LOG_LEVELS,
  type LogLevel,
  oneOf,
  parseCount,
  parseLimitHeaders,
  parseOrigin,
  STDIO_POLICIES,
  type StdioPolicy,
} from '@sluice/contract/setting-values';

/** Plain data: it is handed to the storage thread as it is. */
export interface Config {
  readonly dataDir: string;
  readonly runDir: string;
  /** Origin that clients use, no trailing slash. */
  readonly publicUrl: string;
  readonly stdio: StdioPolicy;
  /** Lower-case names of headers that limits may count by. */
  readonly limitHeaders: readonly string[];
  readonly callsMaxAgeDays: number;
  readonly callsMaxMb: number;
  readonly logLevel: LogLevel;
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
  /** The parsed value of a setting, its fallback when it is not set; what is wrong is noted. */
  function read<T>(name: string, parse: (text: string) => T, fallback: T): T {
    const text = env[name];
    if (!text) return fallback;
    try {
      return parse(text);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
      return fallback;
    }
  }
  function folder(name: string): string {
    const path = env[name] ?? '';
    if (!isAbsolute(path)) problems.push(`${name} must be an absolute path, not "${path}"`);
    return path;
  }
  const config: Config = {
    dataDir: folder('SLUICE_DATA_DIR'),
    runDir: folder('SLUICE_RUN_DIR'),
    publicUrl: read('SLUICE_PUBLIC_URL', parseOrigin, 'http://127.0.0.1:12008'),
    stdio: read('SLUICE_STDIO', oneOf(STDIO_POLICIES), 'allow-list'),
    limitHeaders: read('SLUICE_LIMIT_HEADERS', parseLimitHeaders, []),
    callsMaxAgeDays: read('SLUICE_CALLS_MAX_AGE_DAYS', parseCount, 30),
    callsMaxMb: read('SLUICE_CALLS_MAX_MB', parseCount, 512),
    logLevel: read('SLUICE_LOG_LEVEL', oneOf(LOG_LEVELS), 'info'),
    version: env.SLUICE_VERSION || 'development',
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
