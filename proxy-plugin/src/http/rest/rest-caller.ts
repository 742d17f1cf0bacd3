/** On whose behalf upstreams are used over REST, where there are no sessions. */

import { EMPTY_PROFILE } from '@sluice/contract/lists';
import type { CallExchange } from '../../mcp/exchange.ts';
import type { Caller } from '../../upstream/upstream.ts';

/**
 * What isolates by session keeps one upstream for all REST calls of a principal, and where nobody is
 * known one for this call alone.
 */
export function restCaller({ claims, requestId }: CallExchange): Caller {
  const { principal, authenticated } = claims;
  const session = authenticated ? `rest:${principal}` : requestId;
  const isPassing = !authenticated;
  return { principal, authenticated, session, isPassing, headers: {}, profile: EMPTY_PROFILE };
}
