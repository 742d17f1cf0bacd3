/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), `Retry-After`, and the words around them. */
import type { LimitPer, LimitPolicy } from '../decision/policy.ts';
import type { Standing } from './bucket-store.ts';

/** A header must stay small; the limits beyond that still count. */
const MOST_ITEMS = 8;

/** `;q=60;w=60` of a limit: 60 units in 60 seconds. */
export function policyParameters({ rate, periodSeconds }: LimitPolicy): string {
  return `;q=${rate};w=${periodSeconds}`;
}

/** `;r=12;t=3`: 12 units left, one more in 3 seconds. */
export function standingParameters({ remaining, nextMs }: Standing): string {
  return `;r=${remaining};t=${Math.ceil(nextMs / 1000)}`;
}

export function headerValue(items: readonly string[]): string {
  return items.slice(0, MOST_ITEMS).join(', ');
}

/** Whole seconds, at least one: a client that waits so long gets through. */
export function retryAfterSeconds(standing: Standing): number {
  return Math.max(1, Math.ceil(standing.nextMs / 1000));
}

/** Says which limit, how much it allows of what, and when to try again. */
export function refusalText(policy: LimitPolicy, retrySeconds: number): string {
  const { rate, unit } = policy;
  const units = rate === 1 ? unit : `${unit}s`;
  return (
    `Limit "${policy.name}" allows ${rate} ${units} per ${period(policy.periodSeconds)} ` +
    `${countedPer(policy.per)}, ${policy.burst} at once. Try again in ${seconds(retrySeconds)}.`
  );
}

function countedPer(per: LimitPer): string {
  switch (per) {
    case 'endpoint':
      return 'on this endpoint in all';
    case 'principal':
      return 'for each principal';
    case 'key':
      return 'for each key';
    case 'ip':
      return 'for each client address';
    default:
      return `for each value of the header ${per.slice('header:'.length)}`;
  }
}

function period(periodSeconds: number): string {
  const names: Readonly<Record<number, string>> = {
    1: 'second',
    60: 'minute',
    3600: 'hour',
    86400: 'day',
  };
  return names[periodSeconds] ?? seconds(periodSeconds);
}

function seconds(count: number): string {
  return count === 1 ? '1 second' : `${count} seconds`;
}

/** A structured-field string (RFC 9651 §3.3.3): printable ASCII, two characters escaped. */
export function quotedName(name: string): string {
  return `"${name.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
