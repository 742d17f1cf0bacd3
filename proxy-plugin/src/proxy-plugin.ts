/** Puts the sidecar together: the only place where its parts are constructed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { createCallOutbox } from './calls/call-outbox.ts';
import { createCatalogs } from './catalog/catalogs.ts';
import { type Channel, openChannel } from './channel/channel-client.ts';
import { createPendingAsks } from './channel/pending-asks.ts';
import { type Config, socketPaths } from './config.ts';
import { createRequestVerifier, type RequestVerifier } from './enforcement/verify-request.ts';
import { createPluginServer } from './http/plugin-server.ts';
import { createCallsInFlight } from './mcp/calls-in-flight.ts';
import type { DataPath } from './mcp/turn.ts';
import { createMetrics } from './metrics.ts';
import { createReferences } from './references.ts';
import { createSessions } from './session/sessions.ts';
import { changedServers } from './snapshot/changed-servers.ts';
import { createCurrentSnapshot } from './snapshot/current-snapshot.ts';
import { createOpenStreams } from './streams/open-streams.ts';
import { createUpstreams } from './upstream/create-upstreams.ts';
import { createStdioPolicy } from './upstream/stdio/stdio-policy.ts';

export interface ProxyPlugin {
  /** Finishes what is under way (bounded), ends every upstream and hands in every record. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Calls under way get so long to finish. */
const DRAIN_MS = 8_000;
/** The last records get so long to be stored. */
const HAND_IN_MS = 2_000;
const METRICS_MS = 2_000;

export async function startProxyPlugin(
  config: Config,
  logger: Logger,
  environment: Environment,
): Promise<ProxyPlugin> {
  const parts = construct(config, logger, environment);
  let draining = false;
  const server = createPluginServer({
    path: parts.path,
    verifier: parts.verifier,
    onError: (error) => logger.error({ err: error }, 'a request failed unexpectedly'),
    draining: () => draining,
  });
  await listen(server, socketPaths(config).plugin);
  logger.info({ version: config.version }, 'proxy plugin is ready');
  return {
    async stop() {
      draining = true;
      await drain(server, parts);
    },
  };
}

type Parts = ReturnType<typeof construct>;

function construct(config: Config, logger: Logger, environment: Environment) {
  const now = Date.now;
  const metrics = createMetrics();
  const streams = createOpenStreams(now);
  const snapshot = createCurrentSnapshot((before, after) => {
    for (const [name, runtime] of changedServers(before, after)) upstreams.configure(name, runtime);
    streams.closeWhere(({ endpoint }) => !after.endpoints[endpoint]?.enabled);
  });
  const upstreams = createUpstreams({
    instanceId: config.instanceId,
    version: config.version,
    stdioPolicy: createStdioPolicy(config.stdio, config.stdioAllowFile),
    resolveReference: createReferences(config.envFile, environment),
    environment,
    onLists(runtime, profile, lists) {
      path.catalogs.update(runtime.name, runtime.revision, profile, lists);
      channel.send('lists', { server: runtime.name, revision: runtime.revision, profile, lists });
    },
    onStatus: (servers) => channel.send('status', { servers }),
    count: (counter) => metrics.count(counter),
    now,
    random: Math.random,
  });
  const source = `plugin-${config.replica}-${randomBytes(6).toString('hex')}`;
  const path: DataPath = {
    snapshot,
    sessions: createSessions(config.replica, now),
    catalogs: createCatalogs(() => snapshot.value, upstreams, now),
    upstreams,
    asks: createPendingAsks((ask) => channel.send('ask', ask)),
    outbox: createCallOutbox(source, (batch, records) => channel.send('calls', { batch, records })),
    streams,
    inFlight: createCallsInFlight(),
    now,
    version: config.version,
  };
  const verifier = createRequestVerifier();
  const channel = connectChannel(config, source, path, verifier, logger);
  const reporting = setInterval(() => {
    channel.send('metrics', { values: { ...metrics.values(), ...gauges(path) } });
  }, METRICS_MS).unref();
  return { path, verifier, channel, reporting };
}

/** Each message of the control plane, and who acts on it. */
function connectChannel(
  config: Config,
  source: string,
  path: DataPath,
  verifier: RequestVerifier,
  logger: Logger,
): Channel {
  const { snapshot, sessions, outbox, asks, streams } = path;
  const acknowledge = () => channel.send('acknowledge', { version: snapshot.value.version });
  const options = {
    path: socketPaths(config).channel,
    replica: config.replica,
    source,
    version: () => snapshot.value.version,
    warn: (message: string) => logger.warn(message),
  };
  const channel = openChannel(options, {
    welcome(message) {
      verifier.useKey(Buffer.from(message.decisionKey, 'base64url'));
      sessions.useKey(Buffer.from(message.sessionKey, 'base64url'));
      snapshot.replace(message.snapshot);
      acknowledge();
      outbox.flush(true);
    },
    change(change) {
      snapshot.apply(change);
      acknowledge();
    },
    answer: (answer) => asks.answer(answer),
    stored: ({ batch }) => outbox.stored(batch),
    revoke: ({ keys, secrets }) => streams.revoke(keys, secrets),
    async sync({ id, server }) {
      const error = await syncServer(path, server);
      channel.send('synced', { id, server, ...(error !== undefined && { error }) });
    },
    lost: () => asks.failAll(),
    downTooLong: () => streams.closeWhere(() => true),
  });
  return channel;
}

/** Why the server could not be started and listed; undefined when it was. */
async function syncServer(path: DataPath, name: string): Promise<string | undefined> {
  const runtime = path.snapshot.value.servers[name];
  if (!runtime) return `There is no server "${name}".`;
  return path.upstreams.sync(runtime).then(() => undefined, messageOf);
}

function gauges({ streams, inFlight, outbox }: DataPath): Readonly<Record<string, number>> {
  return {
    open_streams: streams.size,
    calls_in_flight: inFlight.size,
    call_records_dropped_total: outbox.dropped,
    call_records_waiting: outbox.waiting,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** No process but ours uses the path: the supervisor holds the lock on the data folder. */
async function listen(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o660);
}

async function drain(server: Server, { path, channel, reporting }: Parts): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeIdleConnections();
  path.streams.closeWhere(({ keepAlive }) => keepAlive !== undefined);
  await Promise.race([closed, until(() => path.inFlight.size === 0, DRAIN_MS)]);
  server.closeAllConnections();
  await path.upstreams.close();
  path.outbox.flush();
  await until(() => path.outbox.waiting === 0, HAND_IN_MS);
  clearInterval(reporting);
  path.outbox.close();
  path.streams.stop();
  channel.close();
}

async function until(done: () => boolean, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!done() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
