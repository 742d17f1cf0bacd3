/** Builds the upstream side of the sidecar: calls, lists, status and life cycle of every server's upstreams. */
import { EMPTY_PROFILE, type ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { UpstreamStatus } from '@sluice/contract/upstream-status';
import { createBackOff } from './back-off.ts';
import { type Caps, defaultCaps } from './caps.ts';
import { createCircuits } from './circuits.ts';
import { fetchServerLists } from './fetch-server-lists.ts';
import { HealthChecks } from './health-checks.ts';
import { createHttpAgent } from './http/http-agent.ts';
import { HttpTransport } from './http/http-transport.ts';
import { createOpenHttp } from './http/open-http.ts';
import { createListStore, type ListStore, type ListStoreDeps } from './list-store.ts';
import { createOpenUpstream, type UpstreamCounter } from './open-upstream.ts';
import type { PoolEvents } from './pool-events.ts';
import { createProbe } from './probe.ts';
import { type RelistDeps, relist } from './relist.ts';
import type { ResolveReference } from './resolve-references.ts';
import { ResourceWatches } from './resource-watches.ts';
import { runCall } from './run-call.ts';
import { createServerHealth, type ServerHealth } from './server-health.ts';
import { ServerStatuses } from './server-statuses.ts';
import { SseTransport } from './sse/sse-transport.ts';
import { createStartGate } from './start-gate.ts';
import type { Environment } from './stdio/child-environment.ts';
import type { MemoryWatch } from './stdio/memory-watch.ts';
import { createOpenStdio } from './stdio/open-stdio.ts';
import type { StdioPolicy } from './stdio/stdio-policy.ts';
import type { ServerNews, Upstreams } from './upstream.ts';
import { UpstreamPool } from './upstream-pool.ts';

export interface UpstreamsDeps {
  /** Of the installation (`SLUICE_INSTANCE_ID`); begins every child's mark. */
  readonly instanceId: string;
  /** Of the gateway, told to upstreams as `clientInfo.version`. */
  readonly version: string;
  readonly stdioPolicy: StdioPolicy;
  readonly resolveReference: ResolveReference;
  /** `process.env` of the sidecar; children get a few of its variables. */
  readonly environment: Environment;
  /** Default: by the machine's memory. */
  readonly caps?: Caps;
  onLists(server: ServerRuntime, profile: string, lists: ServerLists): void;
  /** False when nobody hears it. */
  onNews(news: ServerNews): boolean;
  /** Statuses that changed, at most every 100 ms. */
  onStatus(statuses: readonly UpstreamStatus[]): void;
  /** For the metrics. */
  count(counter: UpstreamCounter, server: string): void;
  /** Unix milliseconds. */
  now(): number;
  /** 0 up to 1, for jitter. */
  random(): number;
  /** For the operator's log. */
  warn(message: string): void;
  /** Default: looks every few seconds. */
  readonly memoryWatch?: MemoryWatch;
}

export function createUpstreams(deps: UpstreamsDeps): Upstreams {
  const { now } = deps;
  const caps = deps.caps ?? defaultCaps();
  const opener = createOpener(deps, caps);
  const statuses: ServerStatuses = new ServerStatuses({
    publish: deps.onStatus,
    upstreamsOf: (name) => pool.of(name),
    now,
  });
  const opened = (server: string) => deps.count('circuits_opened', server);
  const circuits = createCircuits({ ...deps, opened });
  const troubled = (server: ServerRuntime) => checks.troubled(server);
  const health = createServerHealth({ statuses, circuits, troubled });
  const fetch: ListStoreDeps['fetch'] = (...wanted) =>
    fetchServerLists({ pool, statuses, health, now }, ...wanted);
  const lists = createListStore({ fetch, publish: deps.onLists, now });
  const pool: UpstreamPool = new UpstreamPool({
    open: opener.open,
    gate: createStartGate(createBackOff(deps), circuits, now),
    caps,
    events: poolEvents(deps, { statuses, health, lists, watches: () => watches }),
    isWatched: (key) => watches.isWatched(key),
  });
  const watches: ResourceWatches = new ResourceWatches({ pool, random: deps.random });
  const probe = createProbe({ pool, lists, statuses, circuits, health, now });
  const checks: HealthChecks = new HealthChecks({ ...deps, statuses, circuits, probe });

  return {
    get size() {
      return pool.size;
    },
    get serversDown() {
      return statuses.down;
    },
    call: (request, handler) => runCall({ pool, health }, request, handler),
    lists: (server, caller) => lists.get(server, caller),
    watchResource: (server, uri, watcher) => watches.watch(server, uri, watcher),
    endSession: (session) => pool.endSession(session),
    configure(name, server) {
      if (!checks.configure(name, server)) return;
      circuits.close(name);
      pool.retire(name, server?.enabled ? server.revision : undefined);
      lists.forget(name, server?.revision);
      watches.configure(name, server);
      if (server) statuses.configured(server);
      else statuses.removed(name);
    },
    sync: (server) => sync({ pool, lists }, server),
    async close() {
      checks.close();
      lists.close();
      watches.close();
      await pool.close();
      statuses.close();
      await opener.close();
    },
  };
}

/** Opens upstreams of every transport; streams that stay open have an agent of their own. */
function createOpener(deps: UpstreamsDeps, caps: Caps) {
  const agent = createHttpAgent();
  const listenAgent = createHttpAgent(caps.sessions);
  const http = { ...deps, agent, listenAgent };
  return {
    open: createOpenUpstream({
      ...deps,
      openStdio: createOpenStdio(deps),
      openHttp: createOpenHttp(http, HttpTransport),
      openSse: createOpenHttp(http, SseTransport),
    }),
    close: () => Promise.all([agent.destroy(), listenAgent.destroy()]),
  };
}

/** Whatever went wrong before. What other profiles of clients see is listed too, and fails for itself. */
async function sync(deps: RelistDeps, server: ServerRuntime): Promise<void> {
  deps.pool.forgive(server.name);
  const profiles = deps.lists.profiles(server);
  await relist(deps, server);
  for (const profile of profiles) {
    if (profile !== EMPTY_PROFILE) await relist(deps, server, profile).catch(() => {});
  }
}

interface Listeners {
  readonly statuses: ServerStatuses;
  readonly health: ServerHealth;
  readonly lists: ListStore;
  watches(): ResourceWatches;
}

function poolEvents(
  deps: UpstreamsDeps,
  { statuses, health, lists, watches }: Listeners,
): PoolEvents {
  return {
    opened: (key, upstream) => watches().opened(key, upstream),
    lost: (key) => void watches().lost(key),
    mayHaveMissed: (key) => watches().missed(key),
    saidOutside({ name: server }, { bytes: message, logLevel }, audience) {
      const news = audience && {
        server,
        message,
        audience,
        ...(logLevel !== undefined && { logLevel }),
      };
      if (!news || !deps.onNews(news)) deps.count('unheard_messages', server);
    },
    resourceUpdated: (key, uri, message) => watches().updated(key, uri, message),
    starting(server) {
      deps.count('starts', server.name);
      statuses.starting(server);
    },
    connected: (server, transport) => statuses.connected(server, transport),
    ready: (server, hello) => statuses.ready(server, hello),
    startFailed(server, failure, nextTryAt) {
      deps.count('failed_starts', server.name);
      health.startFailed(server, failure, nextTryAt);
    },
    gone(server, failure, nextTryAt) {
      // A session that an HTTP server forgot is replaced at once; nobody needs to look at that.
      if (failure.reason === 'disconnected') return;
      deps.count('crashes', server.name);
      health.lost(server, failure, nextTryAt);
    },
    idleEnded: (server) => deps.count('idle_ended', server.name),
    listChanged: (server, caller) => lists.changed(server, caller),
    changed: (server) => statuses.changed(server),
  };
}
