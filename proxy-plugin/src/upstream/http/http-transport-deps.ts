/** What either transport over HTTP is opened with. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Agent } from 'undici';
import type { TransportEvents } from '../transport.ts';

export interface HttpTransportDeps {
  readonly server: ServerRuntime;
  readonly url: URL;
  /** The server's headers, references resolved. */
  readonly headers: Readonly<Record<string, string>>;
  /** Client headers of the caller whose session this is; they go with messages that belong to no call. */
  readonly forwarded: Readonly<Record<string, string>>;
  readonly agent: Agent;
  /** For streams that stay open: they must not take the sockets of the calls. */
  readonly listenAgent: Agent;
  readonly events: TransportEvents;
  now(): number;
}
