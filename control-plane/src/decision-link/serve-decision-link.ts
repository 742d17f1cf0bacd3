/** The decision loop's end of the port: answers what the storage thread asks. */
import type { MessagePort } from 'node:worker_threads';
import type { DecisionLink } from './decision-link.ts';
import type { ToDecision, ToStorage } from './messages.ts';

/** Answers each question with the method of `decisions` that it names; a rejection travels back. */
export function serveDecisionLink(port: MessagePort, decisions: DecisionLink): void {
  const send = (message: ToStorage) => port.postMessage(message);
  port.on('message', (message: ToDecision) => {
    if (message.type !== 'question') return;
    answer(decisions, message).then(
      (value) => send({ type: 'reply', id: message.id, value }),
      (error: Error) => send({ type: 'failure', id: message.id, message: error.message }),
    );
  });
}

type QuestionMessage = Extract<ToDecision, { readonly type: 'question' }>;

async function answer(decisions: DecisionLink, question: QuestionMessage): Promise<unknown> {
  const method = decisions[question.method] as (argument: unknown) => Promise<unknown>;
  return method(question.argument);
}
