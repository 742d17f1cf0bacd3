/** The storage and API thread put together: databases, decision link, routes, and their end. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { ensureFirstAdminKey } from './admin-keys/first-admin-key.ts';
import { createApp } from './app.ts';
import { createCallLog } from './calls/call-log.ts';
import { openCallsDatabase } from './calls/open-calls-database.ts';
import { type Config, socketPaths } from './config.ts';
import type { InstallationKeys } from './credentials/key-file.ts';
import type { DecisionEvents, DecisionLink } from './decision-link/decision-link.ts';
import { createDependencies, type Dependencies, type Foundation } from './dependencies.ts';
import { createKeyUses } from './keys/key-uses.ts';
import { listenOnSocket } from './listen-on-socket.ts';
import { checkKeyFiles } from './secrets/check-key-files.ts';
import { createKeptServerLists } from './servers/kept-server-lists.ts';
import { createServerStatuses } from './servers/server-statuses.ts';
import { openConfigurationDatabase } from './storage/configuration-database.ts';

export interface ApiOptions {
  readonly config: Config;
  readonly keys: InstallationKeys;
  readonly logger: Logger;
  /** Joins the decision loop; called once, when everything it may tell us has a place. */
  connect(events: DecisionEvents): DecisionLink;
}

export interface Api {
  readonly app: Hono;
  readonly deps: Dependencies;
  /** Serves the application on `api.sock`. */
  listen(): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than NGINX keeps an idle connection (60 s): the side that sends must be the one that closes. */
const KEEP_ALIVE_MS = 75_000;
const TEND_CALLS_MS = 5_000;
const DAY_MS = 86_400_000;
const MEGABYTE = 1024 * 1024;

/** Resolves when the decision loop has the whole policy. Throws `DatabaseError` and `SecretFileError`. */
export async function startApi({ config, keys, logger, connect }: ApiOptions): Promise<Api> {
  const foundation = await openFoundation(config, logger);
  const closers: (() => Promise<void>)[] = [() => closeFoundation(foundation, logger)];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const decisions = connect(decisionEvents(foundation, logger, stop));
    const deps = createDependencies({ foundation, installationKeys: keys, decisions });
    await prepare(deps);
    const tending = setInterval(() => void foundation.callLog.tend(), TEND_CALLS_MS);
    closers.push(async () => clearInterval(tending));
    const app = createApp(deps, logger);
    return {
      app,
      deps,
      async listen() {
        const server = createAdaptorServer({ fetch: app.fetch }) as Server;
        server.keepAliveTimeout = KEEP_ALIVE_MS;
        closers.push(() => closeServer(server));
        await listenOnSocket(server, socketPaths(config).api);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function decisionEvents(
  { callLog, lists, statuses, uses }: Foundation,
  logger: Logger,
  stop: () => Promise<void>,
): DecisionEvents {
  return {
    storeCalls: callLog.store,
    lists: lists.update,
    status: statuses.update,
    knownLists: lists.all,
    unreadable: (type, error) =>
      logger.error({ type, err: error }, 'a message of the proxy plugin is wrong and was dropped'),
    keysUsed: (lastUsed) => uses.record('keys', lastUsed),
    stop,
  };
}

async function prepare(deps: Dependencies): Promise<void> {
  const { config, db, sealer, digest, decisions, policy } = deps;
  await checkKeyFiles(db, { dataDir: config.dataDir, sealer, digest });
  await ensureFirstAdminKey({ ...deps, file: join(config.dataDir, 'admin.key') });
  await decisions.publish(await policy.full(db));
}

async function openFoundation(config: Config, logger: Logger): Promise<Foundation> {
  const now = Date.now;
  const db = await openConfigurationDatabase(join(config.dataDir, 'sluice.db'));
  const { db: calls, damagedFile } = await openCallsDatabase(
    join(config.dataDir, 'calls.db'),
    now(),
  );
  if (damagedFile) {
    logger.error({ file: damagedFile }, 'calls.db was damaged and moved aside; records start anew');
  }
  const retention = {
    maxAgeMs: config.callsMaxAgeDays * DAY_MS,
    maxBytes: config.callsMaxMb * MEGABYTE,
  };
  const callLog = createCallLog({ db: calls, retention, now, log: logger });
  const warn = (message: string) => (error: unknown) => logger.warn({ err: error }, message);
  return {
    config,
    db,
    calls,
    callLog,
    lists: await createKeptServerLists(db, warn('lists of a server could not be stored')),
    statuses: createServerStatuses(),
    uses: createKeyUses(
      db,
      warn('when keys were last used could not be stored; tried again later'),
    ),
    now,
  };
}

async function closeFoundation(foundation: Foundation, logger: Logger): Promise<void> {
  const { db, calls, callLog, lists, uses } = foundation;
  await uses.close().catch((error: unknown) => {
    logger.warn({ err: error }, 'when keys were last used could not be stored');
  });
  await Promise.all([callLog.end(), lists.settled()]);
  await Promise.all([db.destroy(), calls.destroy()]);
}

/** A slow export or a sync must not keep the process: what it gets is a closed connection. */
const CLOSE_TIMEOUT_MS = 3_000;

/** Finishes what runs, for a while; idle connections, which NGINX keeps, are closed. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
}
