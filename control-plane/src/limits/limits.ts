/** Limits at work: which apply, what they say, and the words a refused client gets. */
import type { LimitPolicy } from '../decision/policy.ts';
import type { LimitStanding } from '../decision-link/decision-link.ts';
import type { BucketStore, Standing } from './bucket-store.ts';
import type { IndexedLimit } from './indexed-limit.ts';
import type { CallTarget, LimitIndex } from './limit-index.ts';
import { chargeFor, type LimitSubject } from './limit-subject.ts';
import {
  headerValue,
  refusalText,
  retryAfterSeconds,
  standingParameters,
} from './rate-limit-headers.ts';

/** What became of charging all limits that match. Headers tell only of those that are enforced. */
export interface LimitOutcome {
  readonly rateLimit?: string;
  readonly rateLimitPolicy?: string;
  readonly refusal?: LimitRefusal;
}

export interface LimitRefusal {
  /** Name of the limit that takes longest to have room again. */
  readonly limit: string;
  readonly message: string;
  readonly retryAfterSeconds: number;
}

export interface Limits {
  /**
   * Charges the `request` limits of one POST, and where it is known what it calls the `call` limits
   * with them: all or nothing. `done` may run before this returns.
   */
  chargeRequest(
    subject: LimitSubject,
    target: CallTarget | undefined,
    done: (outcome: LimitOutcome) => void,
  ): void;
  /** Charges the `call` limits of one call. */
  chargeCall(
    subject: LimitSubject,
    target: CallTarget,
    done: (outcome: LimitOutcome) => void,
  ): void;
  /** How all matching limits stand, charging none; without a target, the `call` limits of any server. */
  standings(
    subject: LimitSubject,
    target: CallTarget | undefined,
    done: (standings: readonly LimitStanding[]) => void,
  ): void;
}

export interface LimitsDependencies {
  readonly index: LimitIndex;
  readonly buckets: BucketStore;
  /** A limit was exceeded: refused if it is enforced, only counted if it is observed. */
  onExceeded(policy: LimitPolicy): void;
}

const NO_LIMITS: LimitOutcome = {};

export function createLimits({ index, buckets, onExceeded }: LimitsDependencies): Limits {
  const charge = (
    limits: readonly IndexedLimit[],
    subject: LimitSubject,
    done: (outcome: LimitOutcome) => void,
  ) => {
    if (limits.length === 0) return done(NO_LIMITS);
    const charges = limits.map((limit) => chargeFor(limit, subject));
    buckets.charge(charges, (standings) => done(outcomeOf(limits, standings, onExceeded)));
  };
  return {
    chargeRequest(subject, target, done) {
      const { endpoint, principal } = subject;
      const requests = index.requestLimits(endpoint, principal);
      const calls = target ? index.callLimits(endpoint, principal, target) : [];
      charge(calls.length === 0 ? requests : [...requests, ...calls], subject, done);
    },
    chargeCall(subject, target, done) {
      charge(index.callLimits(subject.endpoint, subject.principal, target), subject, done);
    },
    standings(subject, target, done) {
      const { endpoint, principal } = subject;
      const limits = [
        ...index.requestLimits(endpoint, principal),
        ...index.callLimits(endpoint, principal, target ?? ANY_TARGET),
      ];
      buckets.peek(
        limits.map((limit) => chargeFor(limit, subject)),
        (standings) => done(limits.flatMap((limit, at) => standingOf(limit, standings[at]))),
      );
    },
  };
}

/** Matches the limits that name neither server nor tool. */
const ANY_TARGET: CallTarget = { server: '', name: '' };

function outcomeOf(
  limits: readonly IndexedLimit[],
  standings: readonly Standing[],
  onExceeded: (policy: LimitPolicy) => void,
): LimitOutcome {
  const items: string[] = [];
  const policies: string[] = [];
  let worst: { readonly policy: LimitPolicy; readonly standing: Standing } | undefined;
  for (const [at, { policy, quotedName, policyItem }] of limits.entries()) {
    const standing = standings[at];
    if (!standing) continue;
    if (standing.exceeded) onExceeded(policy);
    if (policy.mode === 'observe') continue;
    items.push(quotedName + standingParameters(standing));
    policies.push(policyItem);
    if (standing.exceeded && standing.nextMs >= (worst?.standing.nextMs ?? 0))
      worst = { policy, standing };
  }
  if (items.length === 0) return NO_LIMITS;
  const headers = { rateLimit: headerValue(items), rateLimitPolicy: headerValue(policies) };
  if (!worst) return headers;
  const wait = retryAfterSeconds(worst.standing);
  const message = refusalText(worst.policy, wait);
  return { ...headers, refusal: { limit: worst.policy.name, message, retryAfterSeconds: wait } };
}

function standingOf(limit: IndexedLimit, standing: Standing | undefined): readonly LimitStanding[] {
  if (!standing) return [];
  const { name, unit, mode } = limit.policy;
  const wait = standing.exceeded ? retryAfterSeconds(standing) : 0;
  return [{ limit: name, unit, mode, remaining: standing.remaining, retryAfterSeconds: wait }];
}
