/** The call record of one turn: what is known at its start, and how it ended. */
import type { CallOutcome } from '@sluice/contract/call-record';
import { ROUTE_HEADER } from '@sluice/contract/headers';
import { transportOf } from '@sluice/contract/route-transport';
import type { NewCall } from '../calls/call-outbox.ts';
import type { CallMethod, FoundTarget } from './find-target.ts';
import type { CallTurn, DataPath } from './turn.ts';

export interface Ending {
  readonly outcome: CallOutcome;
  readonly reason?: string;
  readonly httpStatus: number;
  readonly upstreamMs?: number;
  readonly responseBytes: number;
}

/** Of a name or a URI: a batch of records must fit into one frame. */
export const MAX_NAME_BYTES = 8 * 1024;

/** Reports how a call ended; called exactly once for each call. */
export type Finish = (ending: Ending) => void;

/** Holds nothing of the request's body, which may be large and the call long. */
export function beginRecord(
  { journal, now }: Pick<DataPath, 'journal' | 'now'>,
  turn: CallTurn,
  method: CallMethod,
  found: FoundTarget,
): Finish {
  const { arrivedAt } = turn.exchange;
  const known = knownOf(turn, method, found);
  return (ending) => journal.record({ ...known, durationMs: now() - arrivedAt, ...ending });
}

function knownOf(
  { exchange, endpoint, message }: CallTurn,
  method: CallMethod,
  { target, visibleName }: FoundTarget,
): Omit<NewCall, keyof Ending | 'durationMs'> {
  const { claims, arrivedAt, requestId, clientIp } = exchange;
  const transport = transportOf(exchange.header(ROUTE_HEADER) ?? '');
  return {
    time: arrivedAt,
    requestId,
    principal: claims.principal,
    ...(claims.key !== undefined && { key: claims.key }),
    clientIp,
    endpoint: endpoint.name,
    ...(transport && { transport }),
    method,
    ...(target && { server: target.server, name: cut(target.name) }),
    visibleName: cut(visibleName),
    // What nobody knows may have written.
    write: target ? target.write : method === 'tools/call',
    requestBytes: message.body.length,
    count: 1,
  };
}

/** Calls with longer names are refused, but a server may list what it likes. */
function cut(name: string): string {
  return name.slice(0, MAX_NAME_BYTES);
}
