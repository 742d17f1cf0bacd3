/** The life of the process: configuration in, logs out, a clean end on a signal, a fast one on a fault. */
import { pino } from 'pino';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type InstallationKeys, loadInstallationKeys } from './credentials/key-file.ts';
import { SecretFileError } from './credentials/secret-file.ts';

/** A stop that takes longer is stuck; the next start takes up what is on disk. */
const STOP_TIMEOUT_MS = 10_000;

export async function runControlPlane(host: NodeJS.Process): Promise<void> {
  // Databases, key files and sockets are nobody else's, from the moment they exist.
  host.umask(0o077);
  const { config, keys } = readInstallation(host);
  const logger = pino({ level: config.logLevel, base: { process: 'control-plane' } });
  let controlPlane: ControlPlane | undefined;
  let stopping = false;
  const fail = (error: unknown, message: string) => {
    logger.fatal({ err: error }, `${message}: ${(error as Error).message}`);
    host.exit(1);
  };
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'control plane stops');
    setTimeout(() => host.exit(1), STOP_TIMEOUT_MS).unref();
    await controlPlane?.stop();
    host.exit(0);
  };
  host.on('uncaughtException', (error) => fail(error, 'unexpected error, the control plane ends'));
  host.on('SIGTERM', () => stop('SIGTERM'));
  host.on('SIGINT', () => stop('SIGINT'));
  if (config.supervised) followSupervisor(host, () => stop('the supervisor is gone'));
  try {
    controlPlane = await startControlPlane({ config, keys, logger, onFatal: fail });
  } catch (error) {
    fail(error, 'the control plane cannot start');
  }
}

/** The supervisor holds the other end of stdin: when it dies, however it dies, stdin ends. */
function followSupervisor(host: NodeJS.Process, onGone: () => void): void {
  host.stdin.on('end', onGone);
  host.stdin.on('error', onGone);
  host.stdin.resume();
}

/** What an operator got wrong is said in plain words, without a stack. */
function readInstallation(host: NodeJS.Process): { config: Config; keys: InstallationKeys } {
  try {
    const config = readConfig(host.env);
    return { config, keys: loadInstallationKeys(config.dataDir) };
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof SecretFileError)) throw error;
    host.stderr.write(`${error.message}\n`);
    return host.exit(1);
  }
}
