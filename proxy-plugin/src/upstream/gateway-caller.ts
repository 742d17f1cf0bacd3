/** The gateway as a caller of its own: to list servers and to see whether they are there. */

import { EMPTY_PROFILE } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Caller } from './upstream.ts';

/** A caller that is nobody: it shares an upstream with no client unless the server's isolation is `shared`. */
export function gatewayCaller(server: ServerRuntime, profile: string = EMPTY_PROFILE): Caller {
  return {
    principal: 'gateway',
    authenticated: false,
    session: `gateway at ${server.name} as ${profile}`,
    headers: {},
    profile,
  };
}

/**
 * Whether the gateway may keep a session of its own to probe: a child would cost a process, and a server
 * that wants a client's headers knows nobody without them.
 */
export function keepsSession({ transport, forwardHeaders }: ServerRuntime): boolean {
  return transport !== 'stdio' && forwardHeaders.length === 0;
}
