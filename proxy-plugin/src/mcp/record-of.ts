/** The call record of one turn. */
import type { CallOutcome } from '@sluice/contract/call-record';
import type { NewCall } from '../calls/call-outbox.ts';
import type { CallMethod, FoundTarget } from './find-target.ts';
import type { DataPath, Turn } from './turn.ts';

export interface Ending {
  readonly outcome: CallOutcome;
  readonly reason?: string;
  readonly httpStatus: number;
  readonly upstreamMs?: number;
  readonly responseBytes: number;
}

/** Reports how a call ended; called exactly once for each call. */
export type Finish = (ending: Ending) => void;

export function recordOf(
  { now }: Pick<DataPath, 'now'>,
  { exchange, endpoint, message }: Turn,
  method: CallMethod,
  found: FoundTarget,
  ending: Ending,
): NewCall {
  const { claims } = exchange;
  const { target } = found;
  return {
    time: exchange.arrivedAt,
    requestId: exchange.requestId,
    principal: claims.principal,
    ...(claims.key !== undefined && { key: claims.key }),
    clientIp: exchange.clientIp,
    endpoint: endpoint.name,
    method,
    ...(target && { server: target.server, name: target.name }),
    visibleName: found.visibleName,
    // What nobody knows may have written.
    write: target ? target.write : method === 'tools/call',
    durationMs: now() - exchange.arrivedAt,
    requestBytes: message.body.length,
    count: 1,
    ...ending,
  };
}
