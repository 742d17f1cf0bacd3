/** The life of the process: configuration in, logs out, a clean end on a signal, a fast one on a fault. */
import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type ProxyPlugin, startProxyPlugin } from './proxy-plugin.ts';

/** A stop that takes longer is stuck; the supervisor cleans up after it. */
const STOP_TIMEOUT_MS = 10_000;

export async function runProxyPlugin(host: NodeJS.Process): Promise<void> {
  const config = readSettings(host);
  const logger = pino({ level: config.logLevel, base: { process: 'proxy-plugin' } });
  let plugin: ProxyPlugin | undefined;
  let stopping = false;
  const fail = (error: unknown, message: string) => {
    logger.fatal({ err: error }, `${message}: ${(error as Error).message}`);
    host.exit(1);
  };
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'proxy plugin stops');
    setTimeout(() => host.exit(1), STOP_TIMEOUT_MS).unref();
    await plugin?.stop();
    host.exit(0);
  };
  host.on('uncaughtException', (error) => fail(error, 'unexpected error, the proxy plugin ends'));
  host.on('SIGTERM', () => stop('SIGTERM'));
  host.on('SIGINT', () => stop('SIGINT'));
  if (config.supervised) followSupervisor(host, () => stop('the supervisor is gone'));
  try {
    plugin = await startProxyPlugin(config, logger, host.env);
  } catch (error) {
    fail(error, 'the proxy plugin cannot start');
  }
}

/** The supervisor holds the other end of stdin: when it dies, however it dies, stdin ends. */
function followSupervisor(host: NodeJS.Process, onGone: () => void): void {
  host.stdin.on('end', onGone);
  host.stdin.on('error', onGone);
  host.stdin.resume();
}

/** What an operator got wrong is said in plain words, without a stack. */
function readSettings(host: NodeJS.Process): Config {
  try {
    return readConfig(host.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.stderr.write(`${error.message}\n`);
    return host.exit(1);
  }
}
