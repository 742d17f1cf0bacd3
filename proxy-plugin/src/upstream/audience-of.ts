/** Whom concerns what an upstream says outside of calls: those who use it (design §6a). */
import type { OutsideMessage } from './live-upstream.ts';
import type { PooledUpstreamIdentity } from './pooled-upstream.ts';
import type { Audience, Caller } from './upstream.ts';

/** Undefined where callers share the upstream, and the message does not say which session is meant. */
export function audienceOf(
  { server, session, principal }: PooledUpstreamIdentity,
  { profile }: Caller,
  message: OutsideMessage,
): Audience | undefined {
  if (message.session !== undefined) return { session: message.session };
  if (session !== undefined) return { session };
  return server.isolation === 'shared' ? undefined : { principal, profile };
}
