/** What the pool tells of its upstreams: status, lists and watched resources are kept by it. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Hello } from './handshake.ts';
import type { OutsideMessage } from './live-upstream.ts';
import type { OpenedUpstream } from './open-upstream.ts';
import type { Transport } from './transport.ts';
import type { Audience, Caller, UpstreamFailure } from './upstream.ts';

export interface PoolEvents {
  starting(server: ServerRuntime): void;
  connected(server: ServerRuntime, transport: Transport): void;
  ready(server: ServerRuntime, hello: Hello): void;
  startFailed(server: ServerRuntime, failure: UpstreamFailure, nextTryAt: number | undefined): void;
  gone(server: ServerRuntime, failure: UpstreamFailure, nextTryAt: number | undefined): void;
  idleEnded(server: ServerRuntime): void;
  listChanged(server: ServerRuntime, caller: Caller): void;
  /** The upstream of this isolation key has just been opened. */
  opened(key: string, upstream: OpenedUpstream): void;
  /** It went away by itself. */
  lost(key: string): void;
  resourceUpdated(key: string, uri: string, message: Buffer): void;
  /** News of resources may have been missed. */
  mayHaveMissed(key: string): void;
  /** Nobody is concerned by what comes from an upstream that callers share. */
  saidOutside(server: ServerRuntime, message: OutsideMessage, audience: Audience | undefined): void;
  /** The number of upstreams of the server is another one now. */
  changed(server: ServerRuntime): void;
}
