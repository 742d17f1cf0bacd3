/** `resources/subscribe` and `resources/unsubscribe`: who may read a resource may hear of its changes. */
import { entryOf } from '@sluice/contract/snapshot';
import { stringField } from '../message/client-message.ts';
import { errorResponse, resultResponse } from '../message/response-text.ts';
import { ReplyError } from '../upstream/collect-reply.ts';
import { failureOf } from '../upstream/upstream-error.ts';
import { MAX_NAME_BYTES } from './begin-record.ts';
import { callerAt } from './caller-at.ts';
import { claimOrTell } from './claim-request.ts';
import { failureResponse, toldFailure } from './failure-response.ts';
import { findTarget, type Target } from './find-target.ts';
import type { DataPath, Turn } from './turn.ts';

/** No call: it reads nothing, counts against no limit and leaves no record. */
export async function subscribe(path: DataPath, turn: Turn, id: Buffer): Promise<void> {
  const { exchange, namespace, caller, rules } = turn;
  const visibleUri = uriOf(turn, id);
  if (visibleUri === undefined) return;
  const { catalog } = await path.catalogs.settled(namespace, caller);
  const found = findTarget(catalog, rules, 'resources/read', visibleUri);
  const server = found.allowed && entryOf(path.snapshot.value.servers, found.target.server);
  if (!server) {
    exchange.respond(errorResponse(id, -32002, 'Resource not found', { uri: visibleUri }));
    return;
  }
  const claimed = claimOrTell(path, turn, id);
  if (!claimed) return;
  const { target } = found;
  const { session, principal } = caller;
  const wish = { session, principal, visibleUri, server: server.name, name: target.name };
  try {
    const refused = await path.subscriptions.add(wish, (updated) =>
      path.upstreams.watchResource(server, target.name, {
        caller: callerAt(path, turn, server),
        updated,
      }),
    );
    if (refused) exchange.refuse(refused);
    else exchange.respond(resultResponse(id, '{}'));
  } catch (error) {
    exchange.respond(failed(id, target, error));
  } finally {
    claimed.finished();
  }
}

/** What a session did not subscribe to need not end: {} all the same. */
export function unsubscribe(path: DataPath, turn: Turn, id: Buffer): void {
  const visibleUri = uriOf(turn, id);
  if (visibleUri === undefined) return;
  path.subscriptions.remove(turn.caller.session, visibleUri);
  turn.exchange.respond(resultResponse(id, '{}'));
}

/** Undefined when it is none, and the client has been told. */
function uriOf({ exchange, message }: Turn, id: Buffer): string | undefined {
  const uri = stringField(message, 'uri');
  if (uri !== undefined && Buffer.byteLength(uri) <= MAX_NAME_BYTES) return uri;
  const text = `"params.uri" must be a string of at most ${MAX_NAME_BYTES} bytes.`;
  exchange.respond(errorResponse(id, -32602, text));
  return undefined;
}

function failed(id: Buffer, target: Target, error: unknown): Buffer {
  if (error instanceof ReplyError) return errorResponse(id, error.code, error.message);
  return failureResponse(id, 'resources/subscribe', toldFailure(target, failureOf(error)));
}
