/** Lists a server on the gateway's own behalf, for clients of one profile. */

import { EMPTY_PROFILE } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { gatewayCaller, keepsSession } from './gateway-caller.ts';
import type { ListStore } from './list-store.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export interface RelistDeps {
  readonly pool: UpstreamPool;
  readonly lists: ListStore;
}

/** Rejects with `UpstreamError`. */
export async function relist(
  { pool, lists }: RelistDeps,
  server: ServerRuntime,
  profile: string = EMPTY_PROFILE,
): Promise<void> {
  const caller = gatewayCaller(server, profile);
  // Nobody else can use this upstream, unless the server is shared: then it serves the first caller.
  const isKept = profile === EMPTY_PROFILE && keepsSession(server);
  const ends = !isKept && server.isolation !== 'shared';
  try {
    await lists.refresh(server, caller);
    // Some servers find out what they have only when they are asked, and then say so.
    if (ends) await lists.settle(server, caller);
  } finally {
    if (ends) pool.endSession(caller.session);
  }
}
