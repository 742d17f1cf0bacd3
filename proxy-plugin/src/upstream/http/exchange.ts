/** One HTTP request to an upstream and what comes back, over undici's `dispatch`: no web streams, no fetch. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, Dispatcher } from 'undici';

export interface ExchangeRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface ExchangeEvents {
  start(status: number, headers: IncomingHttpHeaders): void;
  /** False pauses the response until `resume`. */
  data(chunk: Buffer): boolean;
  end(): void;
  /** `sent` is true once the request may have reached the server. */
  error(error: unknown, sent: boolean): void;
}

export interface Exchange {
  /** No event comes after this. */
  abort(): void;
  resume(): void;
}

export function startExchange(
  agent: Agent,
  request: ExchangeRequest,
  events: ExchangeEvents,
): Exchange {
  let controller: Dispatcher.DispatchController | undefined;
  let over = false;

  function finish(report: () => void): void {
    if (over) return;
    over = true;
    report();
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (over) started.abort(new Error('aborted'));
    },
    onResponseStart(_, status, headers) {
      if (!over && status >= 200) events.start(status, headers);
    },
    onResponseData(current, chunk) {
      if (!over && !events.data(chunk)) current.pause();
    },
    onResponseEnd: () => finish(() => events.end()),
    onResponseError: (_, error) => finish(() => events.error(error, controller !== undefined)),
  };
  try {
    agent.dispatch({ ...request }, handler);
  } catch (error) {
    finish(() => events.error(error, false));
  }

  return {
    abort() {
      if (over) return;
      over = true;
      controller?.abort(new Error('aborted'));
    },
    resume() {
      if (!over) controller?.resume();
    },
  };
}

/**
 * Runs an exchange whose body does not matter. Resolves when the answer begins, or with nothing at all
 * when none came within `timeoutMs`; the body is read for that long, so that the socket can be used again.
 */
export function sendAndForget(
  agent: Agent,
  request: ExchangeRequest,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      exchange.abort();
      resolve();
    }, timeoutMs);
    const over = () => {
      clearTimeout(timer);
      resolve();
    };
    const exchange = startExchange(agent, request, {
      start: () => resolve(),
      data: () => true,
      end: over,
      error: over,
    });
  });
}
