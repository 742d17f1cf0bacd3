/** The environment, checked once: every setting of the sidecar as a typed value. */
import { isAbsolute, join } from 'node:path';
import {
  LOG_LEVELS,
  type LogLevel,
  oneOf,
  parseOrigin,
  STDIO_POLICIES,
  type StdioPolicy,
} from '@sluice/contract/setting-values';

export interface Config {
  readonly runDir: string;
  /** Origin that clients use, no trailing slash. */
  readonly publicUrl: string;
  readonly stdio: StdioPolicy;
  /** Path of the argv patterns, or ''. */
  readonly stdioAllowFile: string;
  /** Path of the dotenv file behind `env:NAME`, or ''. */
  readonly envFile: string;
  /** Marks the processes of this installation. */
  readonly instanceId: string;
  /** Names this sidecar among several; in session ids, so that NGINX can route streams by it. */
  readonly replica: string;
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
  const runDir = env.SLUICE_RUN_DIR ?? '';
  if (!isAbsolute(runDir)) problems.push(`SLUICE_RUN_DIR: "${runDir}" is not an absolute path`);
  const config: Config = {
    runDir,
    publicUrl: read('SLUICE_PUBLIC_URL', parseOrigin, 'http://127.0.0.1:12008'),
    stdio: read('SLUICE_STDIO', oneOf(STDIO_POLICIES), 'allow-list'),
    stdioAllowFile: env.SLUICE_STDIO_ALLOW_FILE ?? '',
    envFile: env.SLUICE_ENV_FILE ?? '',
    instanceId: env.SLUICE_INSTANCE_ID || 'sluice',
    replica: read('SLUICE_REPLICA', parseReplica, 'a'),
    logLevel: read('SLUICE_LOG_LEVEL', oneOf(LOG_LEVELS), 'info'),
    version: env.SLUICE_VERSION || 'development',
    supervised: env.SLUICE_SUPERVISED === '1',
  };
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}

/** Paths of the unix sockets that the sidecar uses. */
export function socketPaths({ runDir }: Pick<Config, 'runDir'>) {
  return {
    plugin: join(runDir, 'plugin.sock'),
    channel: join(runDir, 'channel.sock'),
  };
}

function parseReplica(text: string): string {
  if (/^[a-z0-9]{1,16}$/.test(text)) return text;
  throw new Error(`${JSON.stringify(text)} is not 1 to 16 of a-z and 0-9`);
}
