/** The decision loop's end of the port at a start: decisions can be taken from the first full policy on. */
import type { MessagePort } from 'node:worker_threads';
import type { DecisionLink } from './decision-link.ts';
import { serveDecisionLink } from './serve-decision-link.ts';

/**
 * Answers the storage thread; resolves when it has published a full policy. After a publication
 * that failed nobody knows what decisions are taken on: `onFatal` must end the process, and the
 * next start begins with a full policy.
 */
export function serveUntilFull(
  port: MessagePort,
  answers: DecisionLink,
  onFatal: (error: unknown, message: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    serveDecisionLink(port, {
      ...answers,
      async publish(change) {
        try {
          const applied = answers.publish(change);
          if (change.full) resolve();
          return await applied;
        } catch (error) {
          onFatal(error, 'a change of the configuration could not be put to use');
          throw error;
        }
      },
    });
  });
}
