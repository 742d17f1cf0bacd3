/** Opens one upstream of a server for a caller: transport, handshake, and the wiring of what it says by itself. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { askUpstream } from './ask-upstream.ts';
import { type Hello, shakeHands } from './handshake.ts';
import type { OpenHttp } from './http/open-http.ts';
import { LiveUpstream, type OutsideMessage } from './live-upstream.ts';
import { type LogLevel, UpstreamLogLevel } from './log-level.ts';
import type { OpenStdio } from './stdio/open-stdio.ts';
import { MAX_REPLY_BYTES, type Transport, type TransportEvents } from './transport.ts';
import { unsharedHeaders } from './unshared-headers.ts';
import type { Caller, UpstreamFailure } from './upstream.ts';

export interface OpenedUpstream {
  readonly live: LiveUpstream;
  readonly transport: Transport;
  readonly hello: Hello;
  /** Undefined for a server that logs nothing. */
  readonly logLevel: UpstreamLogLevel | undefined;
}

/** What the owner of an upstream wants to know about it. */
export interface UpstreamEvents {
  /** The process or session exists; the handshake follows. */
  connected(transport: Transport): void;
  /** It is gone by itself, also during the handshake. */
  gone(failure: UpstreamFailure): void;
  listChanged(): void;
  /** `message` is the whole notification. */
  resourceUpdated(uri: string, message: Buffer): void;
  /** Something that it said outside of calls may have been missed. */
  mayHaveMissed(): void;
  saidOutside(message: OutsideMessage): void;
}

export type OpenUpstream = (
  server: ServerRuntime,
  caller: Caller,
  events: UpstreamEvents,
) => Promise<OpenedUpstream>;

/** Things worth counting that no caller hears of. */
export type UpstreamCounter =
  | 'late_replies'
  | 'garbage_messages'
  | 'refused_server_requests'
  | 'starts'
  | 'failed_starts'
  | 'crashes'
  | 'idle_ended'
  | 'unheard_messages'
  | 'circuits_opened';

export interface OpenUpstreamDeps {
  readonly openStdio: OpenStdio;
  readonly openHttp: OpenHttp;
  readonly openSse: OpenHttp;
  readonly version: string;
  count(counter: UpstreamCounter, server: string): void;
}

/** A call waits so long for the level to be set. */
const SET_LEVEL_TIMEOUT_MS = 2_000;

/** Rejects with `UpstreamError`; nothing of the upstream is left then. */
export function createOpenUpstream(deps: OpenUpstreamDeps): OpenUpstream {
  return async (server, caller, events) => {
    const heard: { live?: LiveUpstream } = {};
    const headers = unsharedHeaders(server, caller);
    const transport = await openTransport(
      deps,
      server,
      { ...caller, headers },
      {
        message: (message) => heard.live?.message(message),
        gone: (failure) => events.gone(failure),
        mayHaveMissed: () => events.mayHaveMissed(),
        lateReply: () => deps.count('late_replies', server.name),
        garbage: () => deps.count('garbage_messages', server.name),
      },
    );
    events.connected(transport);
    const live = new LiveUpstream({
      serverName: server.name,
      transport,
      profile: caller.profile,
      isLeased: server.isolation !== 'shared',
      listChanged: () => events.listChanged(),
      resourceUpdated: (uri, message) => events.resourceUpdated(uri, message),
      saidOutside: (message) => events.saidOutside(message),
      refusedRequest: () => deps.count('refused_server_requests', server.name),
      stuck: () => {
        void transport.close();
        events.gone(hanging(server.name));
      },
    });
    heard.live = live;
    try {
      const hello = await shakeHands({
        serverName: server.name,
        live,
        transport,
        profile: caller.profile,
        version: deps.version,
        headers,
        timeoutMs: server.connectTimeoutMs,
      });
      if (mayAsk(caller.profile) || saysNews(hello, server)) transport.listen();
      const logLevel = hello.capabilities.logging
        ? new UpstreamLogLevel((level) => setLogLevel(live, headers, level))
        : undefined;
      return { live, transport, hello, logLevel };
    } catch (error) {
      await transport.close();
      throw error;
    }
  };
}

/** Servers may ask on the session's stream what they want to know for a call: several do. */
function mayAsk(profile: string): boolean {
  return Object.keys(JSON.parse(profile)).length > 0;
}

/** Of lists or resources, or its log; a server without news needs no stream for them. */
function saysNews({ capabilities }: Hello, { isolation }: ServerRuntime): boolean {
  // The log of what callers share is nobody's.
  if (capabilities.logging && isolation !== 'shared') return true;
  return ['tools', 'prompts', 'resources'].some((kind) => {
    const { listChanged, subscribe } = Object(capabilities[kind]) as Record<string, unknown>;
    return listChanged === true || subscribe === true;
  });
}

/** A server that does not take it logs as it likes; what a session hears is filtered here as well. */
async function setLogLevel(
  live: LiveUpstream,
  headers: Caller['headers'],
  level: LogLevel,
): Promise<void> {
  const timeoutMs = SET_LEVEL_TIMEOUT_MS;
  const request = { method: 'logging/setLevel', params: { level }, headers, timeoutMs };
  await askUpstream(live, request, { left: MAX_REPLY_BYTES }).catch(() => {});
}

function openTransport(
  deps: OpenUpstreamDeps,
  server: ServerRuntime,
  caller: Caller,
  events: TransportEvents,
): Promise<Transport> {
  switch (server.transport) {
    case 'stdio':
      return deps.openStdio(server, events);
    case 'streamable-http':
      return deps.openHttp(server, caller, events);
    case 'sse':
      return deps.openSse(server, caller, events);
  }
}

function hanging(server: string): UpstreamFailure {
  return {
    reason: 'crashed',
    message: `Server "${server}" did not answer several calls in a row; it is started again when it is needed.`,
    notRun: false,
  };
}
