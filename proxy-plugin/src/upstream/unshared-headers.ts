/** A client's headers, for a request that is made for that client alone. */
import type { ServerRuntime } from '@sluice/contract/snapshot';
import type { Caller } from './upstream.ts';

/** What callers share must not carry the headers of the one who happened to come first: none then. */
export function unsharedHeaders(
  { isolation }: ServerRuntime,
  { headers }: Caller,
): Caller['headers'] {
  return isolation === 'shared' ? {} : headers;
}
