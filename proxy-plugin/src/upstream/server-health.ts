/** What calls, lists and starts say of a server: into its circuit, its status, and when it is looked at next. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Circuits } from './circuits.ts';
import type { ServerStatuses } from './server-statuses.ts';
import type { UpstreamFailure } from './upstream.ts';

export interface ServerHealth {
  /** A reply came. On the path of every call. */
  answered(server: ServerRuntime): void;
  /** A call or a list failed on an upstream that is still there. */
  failed(server: ServerRuntime, failure: UpstreamFailure): void;
  /** An upstream is gone; `nextTryAt` in Unix milliseconds. */
  lost(server: ServerRuntime, failure: UpstreamFailure, nextTryAt: number | undefined): void;
  /** An upstream could not be started; as `lost`. */
  startFailed(server: ServerRuntime, failure: UpstreamFailure, nextTryAt: number | undefined): void;
}

export interface ServerHealthDeps {
  readonly statuses: ServerStatuses;
  readonly circuits: Circuits;
  /** Something is wrong with the server: it is to be looked at soon. */
  troubled(server: ServerRuntime): void;
}

export function createServerHealth(deps: ServerHealthDeps): ServerHealth {
  const { statuses, circuits, troubled } = deps;
  /** With its circuit open a server is down, whatever else is known of it. */
  const report = (server: ServerRuntime, failure: UpstreamFailure, otherwise: () => void) => {
    const nextTryAt = circuits.nextTryAt(server.name);
    if (nextTryAt === undefined) otherwise();
    else statuses.circuitOpen(server, failure, nextTryAt);
    troubled(server);
  };
  return {
    answered(server) {
      circuits.close(server.name);
      statuses.answered(server);
    },
    failed(server, failure) {
      circuits.failed(server, failure);
      report(server, failure, () => statuses.degraded(server, failure));
    },
    lost(server, failure, nextTryAt) {
      report(server, failure, () => statuses.degraded(server, failure, nextTryAt));
    },
    startFailed(server, failure, nextTryAt) {
      report(server, failure, () => statuses.startFailed(server, failure, nextTryAt));
    },
  };
}
