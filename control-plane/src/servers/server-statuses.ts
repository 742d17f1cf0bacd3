/** What the sidecar last said about each server, in memory. */
import type { UpstreamStatus } from '@sluice/contract/upstream-status';

export interface ServerStatuses {
  update(statuses: readonly UpstreamStatus[]): void;
  get(server: string): UpstreamStatus | undefined;
  /** The server was deleted. */
  forget(server: string): void;
}

export function createServerStatuses(): ServerStatuses {
  const byServer = new Map<string, UpstreamStatus>();
  return {
    update(statuses) {
      for (const status of statuses) byServer.set(status.server, status);
    },
    get: (server) => byServer.get(server),
    forget(server) {
      byServer.delete(server);
    },
  };
}
