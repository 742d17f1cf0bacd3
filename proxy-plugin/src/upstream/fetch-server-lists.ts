/** Fetches the lists of a server through the caller's upstream, and notes how that went. */
import type { ServerLists } from '@sluice/contract/lists';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { ReplyError } from './collect-reply.ts';
import { fetchLists } from './fetch-lists.ts';
import type { ServerHealth } from './server-health.ts';
import type { ServerStatuses } from './server-statuses.ts';
import type { Caller, UpstreamFailure } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';
import type { Lease, UpstreamPool } from './upstream-pool.ts';

export interface FetchServerListsDeps {
  readonly pool: UpstreamPool;
  readonly statuses: ServerStatuses;
  readonly health: ServerHealth;
  now(): number;
}

/**
 * A list that fails while others do not is taken from `former`, or empty; the server's status says so.
 * Rejects with `UpstreamError` when all fail, and the status says why.
 */
export async function fetchServerLists(
  fetchDeps: FetchServerListsDeps,
  server: ServerRuntime,
  caller: Caller,
  former: ServerLists | undefined,
  mayRetry = true,
): Promise<ServerLists> {
  const { pool, statuses, health, now } = fetchDeps;
  const lease = await pool.acquire(server, caller);
  try {
    const { live, hello } = lease;
    const timeoutMs = server.requestTimeoutMs;
    const own = { serverName: server.name, live, hello, headers: caller.headers };
    const { lists, warnings, error } = await fetchLists({ ...own, timeoutMs, former, now });
    statuses.listed(server, lists, warnings);
    health.answered(server);
    if (error !== undefined) note(fetchDeps, server, failureOfLists(server, error, lease));
    return lists;
  } catch (error) {
    // The upstream was lost before it was asked, as an HTTP session that its server forgot.
    const lost = error instanceof UpstreamError && error.failure.notRun && lease.isGone();
    if (lost && mayRetry) return fetchServerLists(fetchDeps, server, caller, former, false);
    const failure = failureOfLists(server, error, lease);
    note(fetchDeps, server, failure);
    throw new UpstreamError(failure, { cause: error });
  } finally {
    lease.release();
  }
}

function note(
  { statuses, health }: FetchServerListsDeps,
  server: ServerRuntime,
  failure: UpstreamFailure,
): void {
  statuses.listsFailed(server);
  health.failed(server, failure);
}

function failureOfLists(
  server: ServerRuntime,
  error: unknown,
  { transport: { scrub } }: Lease,
): UpstreamFailure {
  if (error instanceof UpstreamError) return error.failure;
  const why = error instanceof ReplyError ? `${scrub(error.message)} (${error.code})` : 'it failed';
  const message = `Server "${server.name}" could not be listed: ${why}.`;
  return { reason: 'garbage', message, notRun: false };
}
