/** The only place where the parts of the sidecar are constructed. */
import { newCallSource } from '@sluice/contract/call-source';
import type { Snapshot } from '@sluice/contract/snapshot';
import type { Logger } from 'pino';
import { createCallJournal } from './calls/call-journal.ts';
import { type CallOutbox, createCallOutbox } from './calls/call-outbox.ts';
import { createCatalogs } from './catalog/catalogs.ts';
import { type VisibleView, visibleView } from './catalog/visible-view.ts';
import { type Channel, openChannel } from './channel/channel-client.ts';
import { controlEvents } from './channel/control-events.ts';
import { createPendingAsks } from './channel/pending-asks.ts';
import { createPublished, type Published } from './channel/published.ts';
import { type Config, socketPaths } from './config.ts';
import { createRequestVerifier, type RequestVerifier } from './enforcement/verify-request.ts';
import { createHeldReplies } from './in-flight/held-replies.ts';
import { createCallsInFlight } from './mcp/calls-in-flight.ts';
import { createListChanges } from './mcp/list-changes.ts';
import { placeOf } from './mcp/place-of.ts';
import { readableUri } from './mcp/readable-uri.ts';
import { type ServerNewsDeps, tellSessions } from './mcp/server-news.ts';
import { createServerRequests } from './mcp/server-requests.ts';
import { Subscriptions } from './mcp/subscriptions.ts';
import type { DataPath } from './mcp/turn.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createReferences } from './references.ts';
import { createListCursors } from './session/list-cursors.ts';
import { createSessionSettings } from './session/session-settings.ts';
import { createSessions } from './session/sessions.ts';
import { changedServers } from './snapshot/changed-servers.ts';
import { type CurrentSnapshot, createCurrentSnapshot } from './snapshot/current-snapshot.ts';
import { createOpenStreams, type OpenStream } from './streams/open-streams.ts';
import { createResumableStreams } from './streams/resumable-streams.ts';
import { createUpstreams } from './upstream/create-upstreams.ts';
import { createStdioPolicy } from './upstream/stdio/stdio-policy.ts';
import type { ServerNews, Upstreams } from './upstream/upstream.ts';

export interface Dependencies {
  readonly path: DataPath;
  readonly verifier: RequestVerifier;
  readonly outbox: CallOutbox;
  readonly channel: Channel;
  /** Ends every timer. */
  close(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const METRICS_EVERY_MS = 2_000;

export function createDependencies(
  config: Config,
  logger: Logger,
  environment: Environment,
): Dependencies {
  const now = Date.now;
  const metrics = createMetrics();
  const source = newCallSource(config.replica);
  const send: Channel['send'] = (type, message) => channel.send(type, message);
  const published = createPublished(send);
  const outbox = createCallOutbox({
    source,
    now,
    send: (batch, records) => send('calls', { batch, records }),
  });
  const journal = createCallJournal(outbox, metrics);
  const streams = createOpenStreams(now);
  const snapshot = createCurrentSnapshot((before, after) => {
    reconfigure(path, published, before, after);
  });
  const upstreams: Upstreams = startUpstreams(config, environment, metrics, {
    onLists(server, profile, lists) {
      path.catalogs.update(server, profile, lists);
      published.lists(server, profile, lists);
      path.listChanges.mayHaveChanged();
    },
    onStatus: (servers) => published.status(servers),
    warn: (message) => logger.warn(message),
    onNews: (news) => tellSessions(newsDeps(path), news),
  });
  const path: DataPath = {
    snapshot,
    sessions: createSessions(config.replica, now),
    sessionSettings: createSessionSettings(),
    listCursors: createListCursors(),
    catalogs: createCatalogs({ snapshot: () => snapshot.value, upstreams, now }),
    upstreams,
    asks: createPendingAsks((ask) => send('ask', ask)),
    journal,
    streams,
    resumable: createResumableStreams(now),
    listChanges: createListChanges({ streams, viewOf: (stream) => viewOf(path, stream) }),
    subscriptions: createSubscriptions(() => path),
    inFlight: createCallsInFlight(),
    serverRequests: createServerRequests(),
    heldReplies: createHeldReplies(),
    now,
    version: config.version,
    publicUrl: config.publicUrl,
  };
  const verifier = createRequestVerifier();
  const events = controlEvents({ path, verifier, outbox, published, send });
  const channel = openChannel(channelOptions(config, logger, source, snapshot), events);
  const values = () => ({ ...metrics.values(), ...gauges(path, outbox) });
  const reporting = setInterval(() => send('metrics', { values: values() }), METRICS_EVERY_MS);
  return { path, verifier, outbox, channel, close: () => endTimers(path, outbox, reporting) };
}

function endTimers(
  { journal, listChanges, subscriptions, streams, resumable }: DataPath,
  outbox: CallOutbox,
  reporting: NodeJS.Timeout,
): void {
  clearInterval(reporting);
  for (const part of [journal, outbox, listChanges, subscriptions]) part.close();
  for (const part of [streams, resumable]) part.stop();
}

/** Every part that has to know takes on a step of the configuration. */
function reconfigure(
  { catalogs, upstreams, streams, subscriptions, listChanges }: DataPath,
  published: Published,
  before: Snapshot,
  after: Snapshot,
): void {
  for (const [name, server] of changedServers(before, after)) {
    catalogs.configure(name, server);
    upstreams.configure(name, server);
    if (server) continue;
    published.forget(name);
    subscriptions.endServer(name);
  }
  streams.keepOffered(after.endpoints);
  listChanges.mayHaveChanged();
}

function createSubscriptions(path: () => DataPath): Subscriptions {
  return new Subscriptions({
    streamOf: (session) => path().streams.ofSession(session),
    visibleUri: (stream, wish, uri) => readableUri(path(), stream, wish, uri),
    endedUnheard: (session) => path().listChanges.forget(session),
    now: Date.now,
  });
}

function newsDeps(path: DataPath): ServerNewsDeps {
  const { streams, sessionSettings: settings } = path;
  return { streams, settings, viewOf: (stream) => viewOf(path, stream) };
}

/** What the principal behind a session's stream sees now. */
function viewOf({ snapshot, catalogs }: DataPath, stream: OpenStream): VisibleView | undefined {
  const place = placeOf(snapshot.value, stream);
  if (!place || stream.profile === undefined) return undefined;
  const view = catalogs.known(place.namespace, stream.profile);
  return visibleView(view, stream.claims.ruleSet, place.rules);
}

function channelOptions(
  config: Config,
  logger: Logger,
  source: string,
  snapshot: CurrentSnapshot,
): Parameters<typeof openChannel>[0] {
  return {
    path: socketPaths(config).channel,
    replica: config.replica,
    source,
    version: () => snapshot.value.version,
    warn: (message) => logger.warn(message),
  };
}

interface UpstreamEvents {
  readonly onLists: Published['lists'];
  readonly onStatus: Published['status'];
  warn(message: string): void;
  readonly onNews: (news: ServerNews) => boolean;
}

function startUpstreams(
  config: Config,
  environment: Environment,
  metrics: Metrics,
  events: UpstreamEvents,
): Upstreams {
  return createUpstreams({
    instanceId: config.instanceId,
    version: config.version,
    stdioPolicy: createStdioPolicy(config.stdio, config.stdioAllowFile),
    resolveReference: createReferences(config.envFile, environment),
    environment,
    ...events,
    count: (counter, server) =>
      metrics.count(`sluice_upstream_${counter}_total{server="${server}"}`),
    now: Date.now,
    random: Math.random,
  });
}

function gauges(path: DataPath, outbox: CallOutbox): Readonly<Record<string, number>> {
  const { streams, resumable, inFlight, serverRequests, subscriptions } = path;
  return {
    sluice_plugin_upstreams: path.upstreams.size,
    sluice_plugin_servers_down: path.upstreams.serversDown,
    sluice_plugin_open_asks: path.asks.size,
    sluice_plugin_held_reply_bytes: path.heldReplies.bytes,
    sluice_plugin_open_streams: streams.sessions,
    sluice_plugin_resumable_streams: resumable.size,
    sluice_plugin_kept_event_bytes: resumable.keptBytes,
    sluice_plugin_calls_in_flight: inFlight.size,
    sluice_plugin_open_server_requests: serverRequests.size,
    sluice_plugin_subscriptions: subscriptions.size,
    sluice_plugin_call_records_waiting: outbox.waiting,
    sluice_plugin_call_records_dropped_total: outbox.dropped,
    sluice_plugin_resident_memory_bytes: process.memoryUsage.rss(),
  };
}
