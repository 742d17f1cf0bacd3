/** Finds out whether a server is well, as cheaply as that can be told: it is asked nothing while it answers callers. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { askUpstream } from './ask-upstream.ts';
import type { Circuits } from './circuits.ts';
import { ReplyError } from './collect-reply.ts';
import { gatewayCaller, keepsSession } from './gateway-caller.ts';
import type { PooledUpstream } from './pooled-upstream.ts';
import { type RelistDeps, relist } from './relist.ts';
import type { ServerHealth } from './server-health.ts';
import type { ServerStatuses } from './server-statuses.ts';
import type { UpstreamFailure } from './upstream.ts';
import { failureOf, UpstreamError } from './upstream-error.ts';

/** Rejects when the server is not well; its status says why. */
export type Probe = (server: ServerRuntime) => Promise<void>;

export interface ProbeDeps extends RelistDeps {
  readonly statuses: ServerStatuses;
  readonly circuits: Circuits;
  readonly health: ServerHealth;
  /** Unix milliseconds. */
  now(): number;
}

const PING_TIMEOUT_MS = 10_000;
const MAX_PONG_BYTES = 64 * 1024;
/** What a server that is there does not do; any other failure is an answer to a ping that it does not like. */
const SILENCE: ReadonlySet<UpstreamFailure['reason']> = new Set([
  'timeout',
  'unreachable',
  'disconnected',
  'crashed',
]);

export function createProbe(deps: ProbeDeps): Probe {
  const { pool, statuses, now } = deps;
  return async (server) => {
    const standing = statuses.standing(server);
    if (!standing || standing.needsLists) return relist(deps, server);
    const { isTroubled, answeredAt } = standing;
    if (!isTroubled && now() - answeredAt < server.probeIntervalMs / 2) return;
    const open = pool.of(server.name);
    const idle = open.findLast((upstream) => mayPing(server, upstream));
    if (idle) return ping(deps, server, idle);
    // All busy: their callers will tell.
    if (open.length > 0) return;
    if (isTroubled || keepsSession(server)) return relist(deps, server);
  };
}

/** A busy child may be of the kind that answers one request at a time. */
function mayPing(server: ServerRuntime, { identity, isIdle, isRetired }: PooledUpstream): boolean {
  const isOwn = identity.session === gatewayCaller(server).session;
  // A client's headers are at hand only during its calls.
  const needsHeaders = server.forwardHeaders.length > 0 && server.isolation !== 'shared';
  return isIdle && !isRetired && (isOwn || !needsHeaders);
}

/** MCP 2025-11-25, "Ping". Takes no lease: an upstream that is only pinged is idle, and ends as such. */
async function ping(
  { circuits, health }: ProbeDeps,
  server: ServerRuntime,
  upstream: PooledUpstream,
): Promise<void> {
  circuits.admit(server);
  const { live } = await upstream.ready;
  const request = { method: 'ping', timeoutMs: PING_TIMEOUT_MS };
  try {
    await askUpstream(live, request, { left: MAX_PONG_BYTES });
  } catch (error) {
    const failure = silence(server, error);
    // Of an upstream that is gone the pool has told already, or we ended it ourselves.
    if (upstream.gone || upstream.isEnded) return;
    if (failure) {
      health.failed(server, failure);
      throw new UpstreamError(failure, { cause: error });
    }
  }
  health.answered(server);
}

function silence(server: ServerRuntime, error: unknown): UpstreamFailure | undefined {
  if (error instanceof ReplyError) return undefined;
  const failure = failureOf(error);
  if (!SILENCE.has(failure.reason)) return undefined;
  if (failure.reason !== 'timeout') return failure;
  const message = `Server "${server.name}" did not answer a ping within ${PING_TIMEOUT_MS} ms.`;
  return { ...failure, message };
}
