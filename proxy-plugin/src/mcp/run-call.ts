/** `tools/call`, `prompts/get` and `resources/read`: find, ask, forward, record. */

import { sendJson, sendRefusal } from '../http/exchange.ts';
import { createReplyWriter } from '../http/reply-writer.ts';
import { paramsWith } from '../message/client-message.ts';
import { errorResponse } from '../message/response-text.ts';
import type { UpstreamFailure } from '../upstream/upstream.ts';
import { failureResponse } from './failure-response.ts';
import { CALL_METHODS, type CallMethod, findTarget, type Target } from './find-target.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { type Finish, recordOf } from './record-of.ts';
import { replyPath } from './reply-path.ts';
import { callerOf, catalogOf, type DataPath, type Turn } from './turn.ts';

/** Answers the turn; every way through it leaves one call record. */
export async function runCall(
  path: DataPath,
  turn: Turn,
  id: Buffer,
  method: CallMethod,
): Promise<void> {
  const { exchange, message, rules, session } = turn;
  const catalog = await catalogOf(path, turn);
  const found = findTarget(catalog, rules, method, message);
  const finish: Finish = (outcome) =>
    path.outbox.record(recordOf(path, turn, method, found, outcome));
  if (!found.found) {
    const [code, what] =
      method === 'resources/read'
        ? [-32002, 'Resource not found']
        : [-32602, `Unknown ${CALL_METHODS[method].kind}`];
    const body = errorResponse(id, code, `${what}: ${found.visibleName}`);
    sendJson(exchange, 200, body);
    finish({
      outcome: 'denied',
      reason: found.reason,
      httpStatus: 200,
      responseBytes: body.length,
    });
    return;
  }
  const idText = id.toString('utf8');
  if (!path.inFlight.claim(session.id, idText)) {
    sendJson(
      exchange,
      200,
      errorResponse(id, -32600, 'A request with this id is still under way.'),
    );
    finish({ outcome: 'denied', reason: 'bad_request', httpStatus: 200 });
    return;
  }
  const done: Finish = (outcome) => {
    path.inFlight.finish(session.id, idText);
    finish(outcome);
  };
  if (exchange.claims.ask && !(await isAllowed(path, turn, method, found.target, done))) return;
  forward(
    path,
    turn,
    { id, method, target: found.target, rewrites: catalog.resourceUris === 'prefix' },
    done,
  );
}

/** Charges the `call` limits; answers the client when one of them refuses. */
async function isAllowed(
  path: DataPath,
  turn: Turn,
  method: CallMethod,
  target: Target,
  done: Finish,
): Promise<boolean> {
  const { claims, clientIp, endpoint } = turn.exchange;
  const answer = await path.asks.ask({
    principal: claims.principal,
    ...(claims.key !== undefined && { key: claims.key }),
    endpoint,
    clientIp,
    ...(claims.limitHeaders && { limitHeaders: claims.limitHeaders }),
    method,
    server: target.server,
    name: target.name,
  });
  if (answer.allowed) return true;
  const reason = answer.reason ?? 'unavailable';
  const status = reason === 'limit_exceeded' ? 429 : 503;
  sendRefusal(turn.exchange, reason, answer.message ?? 'This call is refused.', {
    status,
    headers: {
      'Retry-After': String(answer.retryAfterSeconds ?? 1),
      ...(answer.rateLimit && { RateLimit: answer.rateLimit }),
      ...(answer.rateLimitPolicy && { 'RateLimit-Policy': answer.rateLimitPolicy }),
    },
  });
  done({ outcome: 'denied', reason, httpStatus: status });
  return false;
}

interface Forwarded {
  readonly id: Buffer;
  readonly method: CallMethod;
  readonly target: Target;
  /** Whether URIs in the reply must become visible ones. */
  readonly rewrites: boolean;
}

function forward(path: DataPath, turn: Turn, call: Forwarded, done: Finish): void {
  const { exchange, message, session } = turn;
  const { target, method, id } = call;
  const server = path.snapshot.value.servers[target.server];
  if (!server)
    throw new Error(`unreachable: ${target.server} is in the catalog but not in the snapshot`);
  const writer = createReplyWriter(exchange, () => running.resume());
  const reply = replyPath(writer, method, call.rewrites ? target.server : undefined);
  const forget = path.streams.add({
    claims: exchange.claims,
    endpoint: exchange.endpoint,
    session: session.id,
    close: () => {
      if (!writer.streaming) return;
      writer.abort();
      running.cancel('the key was revoked');
    },
  });
  const fail = (failure: UpstreamFailure) => {
    forget();
    if (writer.bytes > 0) writer.abort();
    else {
      writer.chunk(failureResponse(id, method, target, failure));
      writer.end();
    }
    const outcome = failure.reason === 'cancelled' ? 'cancelled' : 'upstream_failed';
    done({ outcome, reason: failure.reason, httpStatus: 200, responseBytes: writer.bytes });
  };
  const params = paramsWith(message, CALL_METHODS[method].field, target.name);
  const running = path.upstreams.call(
    {
      server,
      caller: { ...callerOf(turn), headers: forwardedHeaders(exchange.request, server) },
      method,
      params,
      clientId: id,
    },
    {
      notification: (notification) => writer.notification(notification),
      chunk: reply.chunk,
      end: ({ isError, upstreamMs }) => {
        forget();
        reply.end();
        done({
          outcome: isError ? 'upstream_error' : 'ok',
          httpStatus: 200,
          upstreamMs,
          responseBytes: writer.bytes,
        });
      },
      fail,
    },
  );
  path.inFlight.start(session.id, id.toString('utf8'), running);
}
