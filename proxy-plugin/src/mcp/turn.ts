/** One message of a client with all that is known when it is acted on. */
import type { RuleSet } from '@sluice/contract/access';
import type { EndpointRuntime, NamespaceRules } from '@sluice/contract/snapshot';
import type { CallJournal } from '../calls/call-journal.ts';
import type { Catalogs } from '../catalog/catalogs.ts';
import type { PendingAsks } from '../channel/pending-asks.ts';
import type { HeldReplies } from '../in-flight/held-replies.ts';
import type { ClientMessage } from '../message/client-message.ts';
import type { ListCursors } from '../session/list-cursors.ts';
import type { SessionSettings } from '../session/session-settings.ts';
import type { Sessions } from '../session/sessions.ts';
import type { CurrentSnapshot } from '../snapshot/current-snapshot.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import type { ResumableStreams } from '../streams/resumable-streams.ts';
import type { Caller, Upstreams } from '../upstream/upstream.ts';
import type { CallsInFlight } from './calls-in-flight.ts';
import type { CallExchange, Exchange } from './exchange.ts';
import type { ListChanges } from './list-changes.ts';
import type { ServerRequests } from './server-requests.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What the data path works with; built once. */
export interface DataPath {
  readonly snapshot: CurrentSnapshot;
  readonly sessions: Sessions;
  readonly sessionSettings: SessionSettings;
  readonly listCursors: ListCursors;
  readonly catalogs: Catalogs;
  readonly upstreams: Upstreams;
  readonly asks: PendingAsks;
  readonly journal: CallJournal;
  readonly streams: OpenStreams;
  readonly resumable: ResumableStreams;
  readonly listChanges: ListChanges;
  readonly subscriptions: Subscriptions;
  readonly inFlight: CallsInFlight;
  readonly serverRequests: ServerRequests;
  readonly heldReplies: HeldReplies;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly version: string;
  /** Origin that clients use, no trailing slash. */
  readonly publicUrl: string;
}

/** A turn of any route. */
export type CallTurn = Turn<CallExchange>;

export interface Turn<E extends CallExchange = Exchange> {
  readonly exchange: E;
  readonly endpoint: EndpointRuntime;
  readonly namespace: NamespaceRules;
  readonly rules: RuleSet;
  readonly message: ClientMessage;
  readonly caller: Caller;
}
