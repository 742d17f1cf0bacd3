/** What the control plane was told of servers, kept so that a restarted one can be told again. */
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { UpstreamStatus } from '@sluice/contract/upstream-status';
import type { Channel } from './channel-client.ts';

export interface Published {
  lists(server: ServerRuntime, profile: string, lists: ServerLists): void;
  status(servers: readonly UpstreamStatus[]): void;
  /** A server is gone. */
  forget(server: string): void;
  /** Tells everything again. */
  repeat(): void;
}

interface PublishedLists {
  readonly server: string;
  readonly revision: number;
  readonly profile: string;
  readonly lists: ServerLists;
}

export function createPublished(send: Channel['send']): Published {
  const statuses = new Map<string, UpstreamStatus>();
  /** By server, then by profile. */
  const lists = new Map<string, Map<string, PublishedLists>>();
  return {
    lists({ name, revision }, profile, own) {
      const message = { server: name, revision, profile, lists: own };
      lists.set(name, (lists.get(name) ?? new Map()).set(profile, message));
      send('lists', message);
    },
    status(servers) {
      for (const status of servers) statuses.set(status.server, status);
      send('status', { servers });
    },
    forget(server) {
      statuses.delete(server);
      lists.delete(server);
    },
    repeat() {
      if (statuses.size > 0) send('status', { servers: [...statuses.values()] });
      for (const profiles of lists.values()) {
        for (const message of profiles.values()) send('lists', message);
      }
    },
  };
}
