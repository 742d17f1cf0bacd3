/** Puts the sidecar together, starts it, and ends it in order. */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Config, socketPaths } from './config.ts';
import { createDependencies, type Dependencies } from './dependencies.ts';
import { createPluginServer, type PluginServer } from './http/plugin-server.ts';

export interface ProxyPlugin {
  /** Finishes what is under way (bounded), ends every upstream and hands in every record. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** NGINX learns from answers in this time that it must open new connections. */
const FAREWELL_MS = 300;
/** Calls under way get so long to finish; with up to 4 s for the upstreams, all ends within 10 s. */
const DRAIN_MS = 4_000;
/** The last records get so long to be stored. */
const HAND_IN_MS = 1_500;

export async function startProxyPlugin(
  config: Config,
  logger: Logger,
  environment: Environment,
): Promise<ProxyPlugin> {
  const dependencies = createDependencies(config, logger, environment);
  const pluginServer = createPluginServer({
    path: dependencies.path,
    verifier: dependencies.verifier,
    onError: (error) => logger.error({ err: error }, 'a request failed unexpectedly'),
  });
  await listen(pluginServer.server, socketPaths(config).plugin);
  logger.info({ version: config.version }, 'proxy plugin is ready');
  return { stop: () => stop(pluginServer, dependencies) };
}

/** No process but ours uses the path: the supervisor holds the lock on the data folder. */
async function listen(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o660);
}

async function stop({ server, sayClose }: PluginServer, dependencies: Dependencies): Promise<void> {
  const { path, outbox, channel } = dependencies;
  sayClose();
  path.streams.closeWhere(({ kind }) => kind === 'session');
  await sleep(FAREWELL_MS);
  let closed = false;
  server.close(() => {
    closed = true;
  });
  await until(() => {
    server.closeIdleConnections();
    return closed;
  }, DRAIN_MS);
  server.closeAllConnections();
  // Ending the upstreams may take seconds that nobody grants us: what is known is handed in first.
  path.journal.flushRefusals();
  outbox.flush();
  await path.upstreams.close();
  path.journal.flushRefusals();
  outbox.sayFarewell();
  outbox.flush();
  await until(() => outbox.waiting === 0, HAND_IN_MS);
  dependencies.close();
  channel.close();
}

async function until(done: () => boolean, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!done() && performance.now() < end) await sleep(10);
}
