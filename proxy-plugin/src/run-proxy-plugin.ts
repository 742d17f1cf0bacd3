/** The life of the process: configuration in, logs out, a clean end on a signal, a fast one on a fault. */
import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type ProxyPlugin, startProxyPlugin } from './proxy-plugin.ts';

type Process = NodeJS.Process;

/** A stop that takes longer is stuck; the supervisor cleans up after it. */
const STOP_TIMEOUT_MS = 15_000;

export async function runProxyPlugin(host: Process): Promise<void> {
  const config = readSettings(host);
  const logger = pino({ level: config.logLevel, base: { process: 'proxy-plugin' } });
  host.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error, the proxy plugin ends');
    host.exit(1);
  });
  const plugin = await startProxyPlugin(config, logger, host.env);
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'proxy plugin stops');
    void end(host, plugin);
  };
  host.on('SIGTERM', () => stop('SIGTERM'));
  host.on('SIGINT', () => stop('SIGINT'));
  if (config.supervised) {
    // The supervisor holds the other end of stdin: when it dies, however it dies, stdin ends.
    host.stdin.on('end', () => stop('the supervisor is gone'));
    host.stdin.on('error', () => stop('the supervisor is gone'));
    host.stdin.resume();
  }
}

async function end(host: Process, plugin: ProxyPlugin): Promise<void> {
  setTimeout(() => host.exit(1), STOP_TIMEOUT_MS).unref();
  await plugin.stop();
  host.exit(0);
}

function readSettings(host: Process): Config {
  try {
    return readConfig(host.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    host.stderr.write(`${error.message}\n`);
    return host.exit(1);
  }
}
