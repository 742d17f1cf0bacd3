/** SIGTERM, SIGINT and SIGHUP as abort signals: the first drains, a second one hurries. */
import type { Log } from './log.ts';
import type { StopSignals } from './run-gateway.ts';

/** Under `npm start` one Ctrl-C arrives twice: from the terminal and from npm. */
const SAME_KEYSTROKE_MS = 300;

export function listenForStop(log: Log): StopSignals {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstAt = 0;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!stop.signal.aborted) {
        firstAt = performance.now();
        log.info('draining; a second signal ends everything at once', { signal: name });
        stop.abort();
      } else if (performance.now() - firstAt > SAME_KEYSTROKE_MS) hurry.abort();
    });
  }
  return { stop: stop.signal, hurry: hurry.signal };
}
