/** One message of a client with all that is known when it is acted on. */
import type { RuleSet } from '@sluice/contract/access';
import type { Catalog } from '@sluice/contract/catalog';
import type { EndpointRuntime } from '@sluice/contract/snapshot';
import type { CallOutbox } from '../calls/call-outbox.ts';
import type { Catalogs } from '../catalog/catalogs.ts';
import type { PendingAsks } from '../channel/pending-asks.ts';
import type { Exchange } from '../http/exchange.ts';
import type { ClientMessage } from '../message/client-message.ts';
import type { Session } from '../session/session-seal.ts';
import type { Sessions } from '../session/sessions.ts';
import type { CurrentSnapshot } from '../snapshot/current-snapshot.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import type { Caller, Upstreams } from '../upstream/upstream.ts';
import type { CallsInFlight } from './calls-in-flight.ts';

/** What the data path works with; built once. */
export interface DataPath {
  readonly snapshot: CurrentSnapshot;
  readonly sessions: Sessions;
  readonly catalogs: Catalogs;
  readonly upstreams: Upstreams;
  readonly asks: PendingAsks;
  readonly outbox: CallOutbox;
  readonly streams: OpenStreams;
  readonly inFlight: CallsInFlight;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly version: string;
}

export interface Turn {
  readonly exchange: Exchange;
  readonly endpoint: EndpointRuntime;
  readonly rules: RuleSet;
  readonly message: ClientMessage;
  readonly session: Session;
}

/** Upstreams are told of no client capability yet, so every client has the same profile. */
export const PROFILE = '{}';

/** On whose behalf upstreams are used in this turn. */
export function callerOf({ exchange, session }: Pick<Turn, 'exchange' | 'session'>): Caller {
  const { principal, authenticated } = exchange.claims;
  return { principal, authenticated, session: session.id, headers: {}, profile: session.profile };
}

/** The catalog of the endpoint's namespace; an empty one if that is gone. */
export function catalogOf(
  path: DataPath,
  turn: Pick<Turn, 'exchange' | 'session' | 'endpoint'>,
): Promise<Catalog> {
  const rules = path.snapshot.value.namespaces[turn.endpoint.namespace];
  if (!rules) throw new Error(`unreachable: endpoint ${turn.endpoint.name} without its namespace`);
  return path.catalogs.of(rules, callerOf(turn));
}
