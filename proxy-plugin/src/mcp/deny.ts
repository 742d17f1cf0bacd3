/** Refuses a request for a reason that operators want to see in the records. */
import type { DecisionClaims } from '@sluice/contract/decision';
import { ROUTE_HEADER } from '@sluice/contract/headers';
import { REASONS } from '@sluice/contract/reasons';
import { transportOf } from '@sluice/contract/route-transport';
import type { NewCall } from '../calls/call-outbox.ts';
import type { Exchange, Refusal } from './exchange.ts';
import type { DataPath } from './turn.ts';

/** `endpoint` is its name. */
export function deny(
  path: Pick<DataPath, 'journal' | 'now'>,
  exchange: Exchange,
  endpoint: string,
  refusal: Refusal,
): void {
  exchange.refuse(refusal);
  const route = exchange.header(ROUTE_HEADER) ?? '';
  path.journal.record(denialOf({ ...exchange, endpoint, route }, refusal, path.now()));
}

export interface DeniedRequest {
  /** Undefined when nobody vouches for the request. */
  readonly claims: DecisionClaims | undefined;
  readonly requestId: string;
  readonly clientIp: string;
  /** Name, or the path if there is no such endpoint. */
  readonly endpoint: string;
  readonly route: string;
  /** Unix milliseconds. */
  readonly arrivedAt: number;
}

/** What the request would have done is not known: that counts as write. */
export function denialOf(request: DeniedRequest, refusal: Refusal, now: number): NewCall {
  const { claims, requestId, clientIp, endpoint, route, arrivedAt } = request;
  const transport = transportOf(route);
  return {
    time: arrivedAt,
    requestId,
    principal: claims?.principal ?? '',
    ...(claims?.key !== undefined && { key: claims.key }),
    clientIp,
    endpoint,
    ...(transport && { transport }),
    method: '',
    write: true,
    outcome: 'denied',
    reason: refusal.reason,
    httpStatus: refusal.status ?? REASONS[refusal.reason],
    durationMs: now - arrivedAt,
    requestBytes: 0,
    responseBytes: 0,
    count: 1,
  };
}
