/** What a limit counts for one request: which bucket it falls into. */
import { hash } from 'node:crypto';
import { clientNetwork } from '../identity/client-network.ts';
import type { Charge } from './bucket-store.ts';
import type { IndexedLimit } from './indexed-limit.ts';

/** Who asks for what, as far as limits care. */
export interface LimitSubject {
  /** Name, not path. */
  readonly endpoint: string;
  readonly principal: string;
  /** Constant over rotations, so that both secrets of an overlap share one bucket. */
  readonly keyLineage?: string;
  readonly clientIp: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export function chargeFor(limit: IndexedLimit, subject: LimitSubject): Charge {
  const { burst, mode } = limit.policy;
  return {
    bucket: limit.bucketPrefix + countedValue(limit, subject),
    intervalMs: limit.intervalMs,
    burst,
    observed: mode === 'observe',
  };
}

/** Requests without the counted header share one bucket; without a key, `key` means the principal. */
function countedValue({ policy }: IndexedLimit, subject: LimitSubject): string {
  switch (policy.per) {
    case 'endpoint':
      return subject.endpoint;
    case 'principal':
      return subject.principal;
    case 'key':
      return subject.keyLineage ?? subject.principal;
    case 'ip':
      return clientNetwork(subject.clientIp);
    default:
      return subject.headers[policy.per.slice('header:'.length)] ?? '';
  }
}

const LONGEST_HEADER_VALUE = 64;

/** A header's value as buckets and claims carry it: short, whatever a client sends. */
export function countedHeaderValue(value: string): string {
  return value.length <= LONGEST_HEADER_VALUE ? value : hash('sha256', value, 'base64url');
}
