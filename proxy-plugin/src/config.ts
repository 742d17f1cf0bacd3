/** The environment, checked once: every setting of the sidecar as a typed value. */
import { isAbsolute, join } from 'node:path';

const STDIO_POLICIES = ['any', 'allow-list', 'off'] as const;

export interface Config {
  readonly runDir: string;
  readonly stdio: (typeof STDIO_POLICIES)[number];
  /** Path of the argv patterns, or ''. */
  readonly stdioAllowFile: string;
  /** Path of the dotenv file behind `env:NAME`, or ''. */
  readonly envFile: string;
  /** Marks the processes of this installation. */
  readonly instanceId: string;
  /** Names this sidecar among several; in session ids, so that NGINX can route streams by it. */
  readonly replica: string;
  readonly logLevel: string;
  readonly version: string;
  /** End with the supervisor: its end of our stdin closes. */
  readonly supervised: boolean;
}

/** One or more settings that can't be used; the message has a line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws `ConfigError` naming every wrong setting at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const runDir = env.SLUICE_RUN_DIR ?? '';
  if (!isAbsolute(runDir))
    problems.push(`SLUICE_RUN_DIR must be an absolute path, not "${runDir}"`);
  const stdio = STDIO_POLICIES.find((policy) => policy === (env.SLUICE_STDIO || 'allow-list'));
  if (!stdio) {
    problems.push(
      `SLUICE_STDIO must be one of ${STDIO_POLICIES.join(', ')}, not "${env.SLUICE_STDIO}"`,
    );
  }
  const replica = env.SLUICE_REPLICA || 'a';
  if (!/^[a-z0-9]{1,16}$/.test(replica)) {
    problems.push(`SLUICE_REPLICA must be 1 to 16 of a-z and 0-9, not "${replica}"`);
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return {
    runDir,
    stdio: stdio ?? 'off',
    stdioAllowFile: env.SLUICE_STDIO_ALLOW_FILE ?? '',
    envFile: env.SLUICE_ENV_FILE ?? '',
    instanceId: env.SLUICE_INSTANCE_ID || 'sluice',
    replica,
    logLevel: env.SLUICE_LOG_LEVEL || 'info',
    version: env.SLUICE_VERSION || 'development',
    supervised: env.SLUICE_SUPERVISED === '1',
  };
}

/** Paths of the unix sockets that the sidecar uses. */
export function socketPaths(config: Pick<Config, 'runDir'>) {
  return {
    plugin: join(config.runDir, 'plugin.sock'),
    channel: join(config.runDir, 'channel.sock'),
  };
}
