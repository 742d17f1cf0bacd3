/** Fetches the lists of a server through the caller's upstream, and notes how that went. */
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { ReplyError } from './collect-reply.ts';
import { fetchLists } from './fetch-lists.ts';
import type { Scrub } from './scrub.ts';
import type { ServerStatuses } from './server-statuses.ts';
import type { Caller, UpstreamFailure } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export interface FetchServerListsDeps {
  readonly pool: UpstreamPool;
  readonly statuses: ServerStatuses;
  now(): number;
}

/** Rejects with `UpstreamError`, and the server's status says why. */
export async function fetchServerLists(
  { pool, statuses, now }: FetchServerListsDeps,
  server: ServerRuntime,
  caller: Caller,
  mayRetry = true,
): Promise<ServerLists> {
  const lease = await pool.acquire(server, caller);
  try {
    const { live, hello } = lease;
    const timeoutMs = server.requestTimeoutMs;
    const deps = { serverName: server.name, live, hello, headers: caller.headers, timeoutMs, now };
    const { lists, warnings } = await fetchLists(deps);
    statuses.listed(server, lists, warnings);
    statuses.answered(server);
    return lists;
  } catch (error) {
    // The upstream was lost before it was asked, as an HTTP session that its server forgot.
    const lost = error instanceof UpstreamError && error.failure.notRun && lease.isGone();
    if (lost && mayRetry) return fetchServerLists({ pool, statuses, now }, server, caller, false);
    const failure = failureOfLists(server, error, lease.transport.scrub);
    statuses.degraded(server, failure);
    throw new UpstreamError(failure, { cause: error });
  } finally {
    lease.release();
  }
}

function failureOfLists(server: ServerRuntime, error: unknown, scrub: Scrub): UpstreamFailure {
  if (error instanceof UpstreamError) return error.failure;
  const why = error instanceof ReplyError ? `${scrub(error.message)} (${error.code})` : 'it failed';
  const message = `Server "${server.name}" could not be listed: ${why}.`;
  return { reason: 'garbage', message, notRun: false };
}
