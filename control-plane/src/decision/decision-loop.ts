/** One decision from end to end: verdict, limits, answer, and what is noted about it. Nothing waits, nothing is logged. */
import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ChargedCall } from '@sluice/contract/decision';
import { REASONS, type Reason } from '@sluice/contract/reasons';
import { transportOf } from '@sluice/contract/route-transport';
import { anonymousPrincipal } from '../identity/anonymous-principal.ts';
import type { LimitOutcome, Limits } from '../limits/limits.ts';
import { type Answer, allowAnswer, isToldOnStream, refuseAnswer, statusOf } from './answer.ts';
import { isAllowedOrigin } from './checks/check-origin.ts';
import { claimsFor, refusedClaims } from './claims.ts';
import { type Counters, sampleName } from './counters.ts';
import { decide } from './decide.ts';
import { type DecisionInput, readDecisionInput } from './decision-input.ts';
import type { DenialLog } from './denial-log.ts';
import type { FailedCredentials } from './failed-credentials.ts';
import type { KeyUsage } from './key-usage.ts';
import { knownCall } from './known-call.ts';
import type { PolicyView } from './policy-state.ts';
import type { Allowance, Denial } from './verdict.ts';

export interface DecisionLoopDependencies {
  readonly policy: PolicyView;
  readonly limits: Limits;
  readonly failures: FailedCredentials;
  readonly denials: DenialLog;
  readonly keyUsage: KeyUsage;
  readonly counters: Counters;
  readonly decisionKey: KeyObject;
  /** Origin that clients use. */
  readonly publicOrigin: string;
  readonly limitHeaderNames: readonly string[];
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Answers one question of NGINX; `respond` may run before this returns, and runs once. */
export type DecisionLoop = (
  headers: IncomingHttpHeaders,
  respond: (answer: Answer) => void,
) => void;

const NO_LIMITS: LimitOutcome = {};

export function createDecisionLoop(deps: DecisionLoopDependencies): DecisionLoop {
  const { policy, limits, failures, publicOrigin, now } = deps;
  return function answerDecision(headers, respond) {
    const input = readDecisionInput(headers, deps.limitHeaderNames);
    const verdict = decide(input, policy, publicOrigin, now());
    if (verdict.outcome === 'deny') {
      failures.count(input.clientIp, verdict.reason, (waitSeconds) =>
        respond(refuse(deps, input, throttled(verdict, waitSeconds), NO_LIMITS, waitSeconds)),
      );
    } else if (input.httpMethod !== 'POST') {
      respond(allow(deps, input, verdict, NO_LIMITS));
    } else {
      const call = knownCall(verdict, input, policy);
      limits.chargeRequest(subjectOf(verdict, input), call, (outcome) =>
        respond(afterLimits(deps, input, verdict, outcome, call)),
      );
    }
  };
}

function afterLimits(
  deps: DecisionLoopDependencies,
  input: DecisionInput,
  allowance: Allowance,
  outcome: LimitOutcome,
  charged: ChargedCall | undefined,
): Answer {
  const { refusal } = outcome;
  if (!refusal) return allow(deps, input, allowance, outcome, charged);
  const denial: Denial = {
    outcome: 'deny',
    reason: 'limit_exceeded',
    message: refusal.message,
    endpoint: allowance.endpoint,
    key: allowance.key?.policy,
  };
  return refuse(deps, input, denial, outcome, refusal.retryAfterSeconds);
}

function allow(
  deps: DecisionLoopDependencies,
  input: DecisionInput,
  allowance: Allowance,
  limits: LimitOutcome,
  charged?: ChargedCall,
): Answer {
  const time = deps.now();
  if (allowance.key) deps.keyUsage.note(allowance.key.policy.name, time);
  deps.counters.add(ALLOWED);
  return allowAnswer(
    deps.decisionKey,
    claimsFor(allowance, input, deps.policy, time, charged),
    input,
    limits,
  );
}

const ALLOWED = sampleName('sluice_decisions_total', { outcome: 'allow', reason: '' });
const DENIED = Object.fromEntries(
  Object.keys(REASONS).map((reason) => [
    reason,
    sampleName('sluice_decisions_total', { outcome: 'deny', reason }),
  ]),
) as Record<Reason, string>;

function refuse(
  deps: DecisionLoopDependencies,
  input: DecisionInput,
  denial: Denial,
  limits: LimitOutcome,
  retryAfterSeconds: number | undefined,
): Answer {
  const { reason, message, endpoint, key } = denial;
  deps.counters.add(DENIED[reason]);
  const isToolCall = input.tool !== '' && input.httpMethod === 'POST';
  deps.denials.note({
    requestId: input.requestId,
    principal: key?.principal ?? anonymousPrincipal(input.clientIp),
    key: key?.name,
    clientIp: input.clientIp,
    endpoint: endpoint?.name ?? input.endpointPath.slice(0, LONGEST_TEXT),
    transport: transportOf(input.route),
    method: (isToolCall ? 'tools/call' : input.method || input.httpMethod).slice(0, LONGEST_TEXT),
    visibleName: isToolCall ? input.tool.slice(0, LONGEST_TEXT) : undefined,
    reason,
    httpStatus: statusOf(reason, input),
  });
  if (isToldOnStream(reason, input)) {
    const claims = refusedClaims(denial, input, deps.policy, deps.now(), retryAfterSeconds);
    return allowAnswer(deps.decisionKey, claims, input, limits);
  }
  const answered = {
    reason,
    message,
    principal: key?.principal ?? '',
    corsOrigin: corsOrigin(deps, input, denial),
    limits,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  return refuseAnswer(answered, input);
}

/** What a client chose is cut to this length before it is kept. */
const LONGEST_TEXT = 128;

/** A page of an allowed origin must be able to read why it was refused. */
function corsOrigin(deps: DecisionLoopDependencies, input: DecisionInput, denial: Denial): string {
  const { publicOrigin } = deps;
  return isAllowedOrigin({ input, endpoint: denial.endpoint, publicOrigin }) ? input.origin : '';
}

function throttled(denial: Denial, waitSeconds: number | undefined): Denial {
  if (waitSeconds === undefined) return denial;
  const message =
    'Too many requests with a bad API key came from your address. ' +
    `Check the key, then try again in ${waitSeconds} s.`;
  return { ...denial, reason: 'too_many_failures', message };
}

function subjectOf({ endpoint, principal, key }: Allowance, input: DecisionInput) {
  return {
    endpoint: endpoint.name,
    principal,
    ...(key && { keyLineage: key.policy.lineage }),
    clientIp: input.clientIp,
    headers: input.limitHeaders,
  };
}
