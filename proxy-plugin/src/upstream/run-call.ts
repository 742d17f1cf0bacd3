/** Runs one call of a client on its upstream; tries once more when it surely did not run. */
import type { LiveCall } from './live-upstream.ts';
import type { ServerHealth } from './server-health.ts';
import type { ReplyHandler, RunningCall, UpstreamFailure, UpstreamRequest } from './upstream.ts';
import { failureOf } from './upstream-error.ts';
import type { Lease, UpstreamPool } from './upstream-pool.ts';

export interface RunCallDeps {
  readonly pool: UpstreamPool;
  readonly health: ServerHealth;
}

/** `handler` hears exactly one of `end` and `fail`, last; a cancelled call fails with `cancelled` at once. */
export function runCall(
  deps: RunCallDeps,
  request: UpstreamRequest,
  handler: ReplyHandler,
): RunningCall {
  const { server, caller } = request;
  let running: RunningCall | undefined;
  let over = false;

  function finish(report: () => void): void {
    if (over) return;
    over = true;
    report();
  }

  async function attempt(mayRetry: boolean): Promise<void> {
    const lease = await deps.pool.acquire(server, caller);
    const leveled = lease.logLevel?.want(caller.session, caller.logLevel);
    if (leveled) await leveled;
    if (over) {
      lease.release();
      return;
    }
    const limits = { timeoutMs: server.requestTimeoutMs, totalMs: server.totalTimeoutMs };
    const call = { ...request, headers: caller.headers, ...limits };
    running = callOn(lease, call, {
      ...handler,
      end(summary) {
        lease.release();
        deps.health.answered(server);
        finish(() => handler.end(summary));
      },
      fail(failure) {
        const lost = isLost(lease, failure);
        lease.release();
        if (lost && mayRetry && !over) start(false);
        else {
          // Of an upstream that is gone the pool has told already, or we ended it ourselves.
          const isNews = !OF_CLIENTS.has(failure.reason) && !lease.isGone();
          if (isNews) deps.health.failed(server, failure);
          finish(() => handler.fail(failure));
        }
      },
    });
  }

  function start(mayRetry: boolean): void {
    attempt(mayRetry).catch((error: unknown) => finish(() => handler.fail(failureOf(error))));
  }

  start(true);
  return {
    cancel(reason) {
      running?.cancel(reason);
      // Still waiting for its upstream, the first or the second one.
      finish(() => handler.fail(CANCELLED_BEFORE));
    },
    resume: () => running?.resume(),
  };
}

/** `lease.live.call`, with the lease released when it throws. */
function callOn(lease: Lease, call: LiveCall, handler: ReplyHandler): RunningCall {
  try {
    return lease.live.call(call, handler);
  } catch (error) {
    lease.release();
    throw error;
  }
}

/** The upstream went away before it had the call: a forgotten HTTP session, a child that just ended. */
function isLost(lease: Lease, failure: UpstreamFailure): boolean {
  return failure.notRun && lease.isGone();
}

/** Failures that say nothing of the server. */
const OF_CLIENTS: ReadonlySet<UpstreamFailure['reason']> = new Set(['cancelled', 'slow_client']);

const CANCELLED_BEFORE: UpstreamFailure = {
  reason: 'cancelled',
  message: 'The client cancelled the request.',
  notRun: true,
};
