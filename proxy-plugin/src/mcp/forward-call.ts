/** Sends one allowed call to its upstream and the reply back to the client, piece by piece. */
import { toVisibleUri } from '@sluice/contract/resource-uri';
import { entryOf } from '@sluice/contract/snapshot';
import { isUriMethod, type UriMethod } from '../rewrite/uri-paths.ts';
import { createUriRewriter } from '../rewrite/uri-rewriter.ts';
import type {
  ReplyHandler,
  ReplySummary,
  RunningCall,
  UpstreamFailure,
} from '../upstream/upstream.ts';
import { askClient } from './ask-client.ts';
import type { Ending, Finish } from './begin-record.ts';
import { callerAt } from './caller-at.ts';
import type { LimitStanding, Reply } from './exchange.ts';
import { failureResponse, toldFailure } from './failure-response.ts';
import type { CallMethod, Target } from './find-target.ts';
import type { CallTurn, DataPath } from './turn.ts';

export interface ForwardedCall {
  readonly id: Buffer;
  readonly method: CallMethod | 'completion/complete';
  readonly target: Target;
  readonly limits: LimitStanding;
  readonly done: Finish;
}

/**
 * `params` are JSON bytes, the original name or URI in place; nothing holds them longer than it takes to
 * send them. The returned handle does nothing any more once `done` was called.
 */
export function forwardCall(
  path: DataPath,
  turn: CallTurn,
  call: ForwardedCall,
  params: Buffer | undefined,
): RunningCall {
  const { exchange } = turn;
  const { id, method, target, limits } = call;
  let running: RunningCall | undefined;
  const reply = exchange.openReply({ id, limits, onDrain: () => running?.resume() });
  const server = entryOf(path.snapshot.value.servers, target.server);
  if (!server) return endWithout(reply, call);
  const handler = replyHandler(path, turn, call, reply, (reason) => running?.cancel(reason));
  const request = { server, caller: callerAt(path, turn, server), method, params, clientId: id };
  running = path.upstreams.call(request, handler);
  return running;
}

/** What becomes of the upstream's words. The client's stream may be closed before the call's end. */
function replyHandler(
  path: DataPath,
  { exchange, caller, namespace }: CallTurn,
  call: ForwardedCall,
  reply: Reply,
  cancel: (reason: string) => void,
): ReplyHandler {
  const { method, target } = call;
  const { claims, endpoint } = exchange;
  const { session } = caller;
  const hasNeighbours = namespace.members.length > 1;
  const asking = { session, server: target.server, hasNeighbours };
  let mayStream = true;
  const forget = path.streams.add({
    claims,
    endpoint,
    session,
    kind: 'reply',
    keepAlive: () => reply.keepAlive(),
    close() {
      mayStream = false;
      if (reply.streaming) cancel('the stream was closed');
    },
  });
  return {
    notification(notification) {
      if (mayStream) reply.notification(notification);
    },
    request: (request) =>
      mayStream ? askClient(path.serverRequests, reply, asking, request) : undefined,
    chunk:
      namespace.resourceUris === 'prefix' && isUriMethod(method)
        ? withVisibleUris(reply, method, target.server)
        : (bytes) => reply.chunk(bytes),
    end(summary) {
      forget();
      reply.end(summary);
      call.done(endingOf(reply, summary));
    },
    fail(failure) {
      forget();
      fail(reply, call, failure);
    },
  };
}

function endingOf(
  { status: httpStatus, bytes: responseBytes, failure }: Reply,
  { isError, upstreamMs }: ReplySummary,
): Ending {
  const ending = { httpStatus, upstreamMs, responseBytes };
  if (failure) return { ...ending, outcome: 'upstream_failed', reason: failure.reason };
  return { ...ending, outcome: isError ? 'upstream_error' : 'ok' };
}

function withVisibleUris(reply: Reply, method: UriMethod, server: string) {
  const rewriter = createUriRewriter(method, (uri) => toVisibleUri('prefix', server, uri));
  return (bytes: Buffer): boolean => {
    let flowing = true;
    for (const piece of rewriter.push(bytes)) flowing = reply.chunk(piece);
    return flowing;
  };
}

function fail(reply: Reply, call: ForwardedCall, failure: UpstreamFailure): void {
  const { id, method, target } = call;
  const { reason } = failure;
  const isCancelled = reason === 'cancelled';
  // A client that cancelled waits for nothing (MCP 2025-11-25, "Cancellation").
  if (isCancelled) reply.cancel();
  else {
    const told = toldFailure(target, failure);
    reply.fail(failureResponse(id, method, told), told);
  }
  const isOfClient = isCancelled || reason === 'slow_client';
  const outcome = isOfClient ? 'cancelled' : 'upstream_failed';
  call.done({ outcome, reason, httpStatus: reply.status, responseBytes: reply.bytes });
}

/** The server was removed between the look at the catalog and now. */
function endWithout(reply: Reply, call: ForwardedCall): RunningCall {
  const message = 'It has just been removed from the gateway.';
  fail(reply, call, { reason: 'start_failed', message, notRun: true });
  return { cancel() {}, resume() {} };
}
