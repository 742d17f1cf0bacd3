/** Sends one allowed call to its upstream and the reply back to the client, piece by piece. */
import { toVisibleUri } from '@sluice/contract/resource-uri';
import { entryOf } from '@sluice/contract/snapshot';
import { paramsWith } from '../message/client-message.ts';
import { createUriRewriter } from '../rewrite/uri-rewriter.ts';
import type { ReplyHandler, RunningCall, UpstreamFailure } from '../upstream/upstream.ts';
import type { Finish } from './begin-record.ts';
import type { LimitStanding, Reply } from './exchange.ts';
import { failureResponse } from './failure-response.ts';
import { CALL_METHODS, type CallMethod, type Target } from './find-target.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import type { DataPath, Turn } from './turn.ts';

export interface ForwardedCall {
  readonly id: Buffer;
  readonly method: CallMethod;
  readonly target: Target;
  readonly limits: LimitStanding;
  readonly done: Finish;
}

/** The returned handle does nothing any more once `done` was called. */
export function forwardCall(path: DataPath, turn: Turn, call: ForwardedCall): RunningCall {
  const { exchange, message, caller, namespace } = turn;
  const { id, method, target, limits } = call;
  let running: RunningCall | undefined;
  const reply = exchange.openReply({ limits, onDrain: () => running?.resume() });
  const server = entryOf(path.snapshot.value.servers, target.server);
  if (!server) return endWithout(reply, call);
  const { claims, endpoint } = exchange;
  let mayStream = true;
  const forget = path.streams.add({
    claims,
    endpoint,
    session: caller.session,
    kind: 'reply',
    keepAlive: () => reply.keepAlive(),
    close() {
      mayStream = false;
      if (reply.streaming) running?.cancel('the stream was closed');
    },
  });
  const handler: ReplyHandler = {
    notification(notification) {
      if (mayStream) reply.notification(notification);
    },
    chunk:
      namespace.resourceUris === 'prefix'
        ? withVisibleUris(reply, method, target.server)
        : (bytes) => reply.chunk(bytes),
    end({ isError, upstreamMs }) {
      forget();
      reply.end();
      const outcome = isError ? 'upstream_error' : 'ok';
      call.done({ outcome, httpStatus: 200, upstreamMs, responseBytes: reply.bytes });
    },
    fail(failure) {
      forget();
      fail(reply, call, failure);
    },
  };
  const headers = forwardedHeaders(exchange, server);
  const params = paramsWith(message, CALL_METHODS[method].field, target.name);
  const request = { server, caller: { ...caller, headers }, method, params, clientId: id };
  running = path.upstreams.call(request, handler);
  return running;
}

function withVisibleUris(reply: Reply, method: CallMethod, server: string) {
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
  else reply.fail(failureResponse(id, method, target, failure));
  const outcome = isCancelled ? 'cancelled' : 'upstream_failed';
  call.done({ outcome, reason, httpStatus: 200, responseBytes: reply.bytes });
}

/** The server was removed between the look at the catalog and now. */
function endWithout(reply: Reply, call: ForwardedCall): RunningCall {
  const message = 'It has just been removed from the gateway.';
  fail(reply, call, { reason: 'start_failed', message, notRun: true });
  return { cancel() {}, resume() {} };
}
