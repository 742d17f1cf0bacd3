/** Asks `GET /readyz` through NGINX until the whole gateway answers. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ListenAddress, reachableAddress } from './listen-address.ts';

const POLL_MS = 50;
const ANSWER_WITHIN_MS = 2_000;

interface WaitOptions {
  readonly signal: AbortSignal;
  /** Before it exists nothing is asked: NGINX would log each attempt as a fault. */
  readonly apiSocket: string;
  /** Called with the last answer whenever another `slowAfterMs` have passed. */
  readonly onSlow: (lastAnswer: string) => void;
  readonly slowAfterMs?: number;
}

/** Resolves with true once `/readyz` answers 200, with false when `signal` is aborted before. */
export async function waitUntilReady(
  address: ListenAddress,
  options: WaitOptions,
): Promise<boolean> {
  const { signal, apiSocket, onSlow, slowAfterMs = 30_000 } = options;
  let slowAt = performance.now() + slowAfterMs;
  while (!signal.aborted) {
    const answer = existsSync(apiSocket)
      ? await askReadiness(reachableAddress(address))
      : 'the API does not listen yet';
    if (/^HTTP\/1\.1 200 /.test(answer)) return true;
    if (performance.now() > slowAt) {
      onSlow(answer);
      slowAt = performance.now() + slowAfterMs;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** The answer as it came, or why there was none. By hand: `node:http` would cost 14 MB for good. */
function askReadiness({ host, port, text }: ListenAddress): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let answer = '';
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('no answer')));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('error', (error) => resolve(error.message));
    socket.on('close', () => resolve(answer));
    socket.write(`GET /readyz HTTP/1.1\r\nHost: ${text}\r\nConnection: close\r\n\r\n`);
  });
}
