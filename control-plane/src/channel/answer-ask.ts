/** The answer to one ask: charges every `call` limit that matches a legacy call, all or nothing. */
import type { Answer, Ask } from '@sluice/contract/frames';
import { type Counters, sampleName } from '../decision/counters.ts';
import type { PolicyView } from '../decision/policy-state.ts';
import type { LimitOutcome, Limits } from '../limits/limits.ts';

export interface AskDependencies {
  readonly policy: PolicyView;
  readonly limits: Limits;
  readonly counters: Counters;
}

const asks = (outcome: string) => sampleName('sluice_asks_total', { outcome });
const ALLOWED = asks('allow');
const DENIED = asks('deny');
const UNAVAILABLE = asks('unavailable');

/** `reply` may run before this returns. */
export function answerAsk(
  { policy, limits, counters }: AskDependencies,
  ask: Ask,
  reply: (answer: Answer) => void,
): void {
  const endpoint = policy.endpointAt(ask.endpoint);
  if (!endpoint) {
    counters.add(UNAVAILABLE);
    const message = `The endpoint "${ask.endpoint}" is gone.`;
    reply({ id: ask.id, allowed: false, reason: 'unavailable', message });
    return;
  }
  const keyLineage = ask.key === undefined ? undefined : policy.keys.byName(ask.key)?.lineage;
  const subject = {
    endpoint: endpoint.name,
    principal: ask.principal,
    ...(keyLineage !== undefined && { keyLineage }),
    clientIp: ask.clientIp,
    headers: ask.limitHeaders ?? {},
  };
  limits.chargeCall(subject, targetOf(ask), (outcome) => {
    counters.add(outcome.refusal ? DENIED : ALLOWED);
    reply(answerFor(ask.id, outcome));
  });
}

/** Resources are selected by server, as in grants: a glob for one tool says nothing about them. */
function targetOf({ method, server, name }: Ask) {
  return { server, name: method === 'resources/read' ? '' : name };
}

function answerFor(id: number, { refusal, rateLimit, rateLimitPolicy }: LimitOutcome): Answer {
  return {
    id,
    allowed: refusal === undefined,
    ...(refusal && {
      reason: 'limit_exceeded',
      message: refusal.message,
      retryAfterSeconds: refusal.retryAfterSeconds,
    }),
    ...(rateLimit !== undefined && { rateLimit }),
    ...(rateLimitPolicy !== undefined && { rateLimitPolicy }),
  };
}
