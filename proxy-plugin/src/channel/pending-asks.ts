/** Asks under way: one promise each, settled by the answer, by time, or by the loss of the channel. */
import type { Answer, Ask } from '@sluice/contract/frames';
import { InFlightMap } from '../in-flight/in-flight-map.ts';

export interface PendingAsks {
  /** Resolves always; with reason `unavailable` when no decision is to be had. */
  ask(question: Omit<Ask, 'id'>): Promise<Answer>;
  answer(answer: Answer): void;
  /** The channel is gone: nothing under way will be answered. */
  failAll(): void;
  readonly size: number;
}

const ANSWER_TIMEOUT_MS = 2_000;

/** `send` puts one ask on the wire and says whether the channel took it. */
export function createPendingAsks(send: (ask: Ask) => boolean): PendingAsks {
  const waiting = new InFlightMap<number, (answer: Answer) => void>();
  let nextId = 1;
  const settle = (answer: Answer) => {
    const resolve = waiting.get(answer.id);
    waiting.delete(answer.id);
    resolve?.(answer);
  };
  return {
    get size() {
      return waiting.size;
    },
    ask(question) {
      const id = nextId++;
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(unavailable(id)), ANSWER_TIMEOUT_MS);
        waiting.add(id, (answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        if (!send({ id, ...question })) settle(unavailable(id));
      });
    },
    answer: settle,
    failAll() {
      for (const id of waiting.keys()) settle(unavailable(id));
    },
  };
}

function unavailable(id: number): Answer {
  return {
    id,
    allowed: false,
    reason: 'unavailable',
    message: 'The control plane does not answer, so nobody can decide about this call. Try again.',
    retryAfterSeconds: 1,
  };
}
