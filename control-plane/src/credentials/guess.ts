/** What a bad key costs the network it came from. */
import { clientNetwork } from '../identity/client-network.ts';
import type { Charge } from '../limits/bucket-store.ts';

/** Twenty at once, then one in three seconds. */
const BURST = 20;
const INTERVAL_MS = 3_000;

/** One guess of a key, as the charge of a bucket. */
export function guessBy(clientIp: string): Charge {
  return {
    bucket: `failed-credentials\n${clientNetwork(clientIp)}`,
    intervalMs: INTERVAL_MS,
    burst: BURST,
    observed: false,
  };
}
