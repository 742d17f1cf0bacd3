/** Records of refused requests: like ones are counted together, so that a flood can't fill the disk. */
import type { CallRecord } from '@sluice/contract/call-record';
import { farewell } from '@sluice/contract/call-source';
import type { Reason } from '@sluice/contract/reasons';
import type { ClientTransport } from '@sluice/contract/snapshot';
import { clientNetwork } from '../identity/client-network.ts';

export interface RefusedRequest {
  readonly requestId: string;
  readonly principal: string;
  readonly key: string | undefined;
  readonly clientIp: string;
  /** Name, or the path if there is no such endpoint. */
  readonly endpoint: string;
  /** Undefined when NGINX names no route of ours. */
  readonly transport: ClientTransport | undefined;
  readonly method: string;
  /** Of the tool that a REST path names; elsewhere the body names it, which is not seen here. */
  readonly visibleName: string | undefined;
  readonly reason: Reason;
  readonly httpStatus: number;
}

export interface DenialLog {
  note(request: RefusedRequest): void;
  /** What was noted since the last call, as records. Call it each second. */
  drain(): readonly CallRecord[];
  /** As `drain`, for the last time: says that nothing after it is missing. */
  end(): readonly CallRecord[];
}

export interface DenialLogOptions {
  /** Names this start of the process; records are numbered within it. */
  readonly source: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Most records of one second; what is beyond is counted in one more. */
  readonly capacity: number;
}

interface Row {
  readonly first: RefusedRequest;
  readonly time: number;
  count: number;
}

export function createDenialLog({ source, now, capacity }: DenialLogOptions): DenialLog {
  let rows = new Map<string, Row>();
  let sequence = 0;
  const record = ({ first, time, count }: Row): CallRecord => {
    sequence += 1;
    const { key, transport, visibleName, ...request } = first;
    return {
      source,
      sequence,
      time,
      ...request,
      ...(key !== undefined && { key }),
      ...(transport && { transport }),
      ...(visibleName !== undefined && { visibleName }),
      // What it would have done is not known: that counts as write.
      write: true,
      outcome: 'denied',
      durationMs: 0,
      requestBytes: 0,
      responseBytes: 0,
      count,
    };
  };
  const drain = () => {
    const drained = [...rows.values()];
    rows = new Map();
    return drained.map(record);
  };
  return {
    note(request) {
      const who = request.key ?? clientNetwork(request.clientIp);
      const name = `${who}\n${request.reason}\n${request.endpoint}\n${request.transport}\n${request.visibleName}`;
      const known = rows.get(name) ?? (rows.size < capacity ? undefined : rows.get(OTHERS));
      if (known) known.count += 1;
      else if (rows.size < capacity) rows.set(name, { first: request, time: now(), count: 1 });
      else rows.set(OTHERS, { first: withoutOrigin(request), time: now(), count: 1 });
    },
    drain,
    end() {
      const drained = drain();
      // Nobody has heard of a source that had nothing to say.
      return sequence === 0 ? [] : [...drained, farewell(source, sequence + 1, now())];
    },
  };
}

const OTHERS = '';

/** One record for many clients and endpoints names none of them; its reason is that of the first. */
function withoutOrigin(request: RefusedRequest): RefusedRequest {
  return {
    ...request,
    principal: '',
    key: undefined,
    clientIp: '',
    endpoint: '',
    visibleName: undefined,
  };
}
