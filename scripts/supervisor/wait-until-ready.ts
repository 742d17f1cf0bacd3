/** Asks `GET /readyz` through NGINX until the whole gateway answers. */
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ListenAddress, reachableAddress } from './listen-address.ts';

const POLL_MS = 50;
const ANSWER_WITHIN_MS = 2_000;

interface WaitOptions {
  readonly signal: AbortSignal;
  /** Called with the last answer whenever another `slowAfterMs` have passed. */
  readonly onSlow: (lastAnswer: string) => void;
  readonly slowAfterMs?: number;
}

/** Resolves with true once `/readyz` answers 200, with false when `signal` is aborted before. */
export async function waitUntilReady(
  address: ListenAddress,
  options: WaitOptions,
): Promise<boolean> {
  const { signal, onSlow, slowAfterMs = 30_000 } = options;
  let slowAt = performance.now() + slowAfterMs;
  while (!signal.aborted) {
    const answer = await askReadiness(address);
    if (answer === 'ready') return true;
    if (performance.now() > slowAt) {
      onSlow(answer);
      slowAt = performance.now() + slowAfterMs;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** `ready`, or what stands in the way. */
function askReadiness(address: ListenAddress): Promise<string> {
  const { host, port } = reachableAddress(address);
  return new Promise((resolve) => {
    const request = get(
      { host, port, path: '/readyz', agent: false, timeout: ANSWER_WITHIN_MS },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('error', (error) => resolve(error.message));
        response.on('end', () =>
          resolve(response.statusCode === 200 ? 'ready' : `${response.statusCode} ${body}`),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error) => resolve(error.message));
  });
}
