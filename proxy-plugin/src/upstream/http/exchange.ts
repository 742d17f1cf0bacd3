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
  const exchange = new DispatchedExchange(events);
  try {
    agent.dispatch(request, exchange);
  } catch (error) {
    exchange.onResponseError(undefined, error);
  }
  return exchange;
}

class DispatchedExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #events: ExchangeEvents;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;

  constructor(events: ExchangeEvents) {
    this.#events = events;
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error('aborted'));
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('aborted'));
  }

  onResponseStart(_: unknown, status: number, headers: IncomingHttpHeaders): void {
    if (!this.#over && status >= 200) this.#events.start(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over && !this.#events.data(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.end();
  }

  onResponseError(_: unknown, error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.error(error, this.#controller !== undefined);
  }
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
