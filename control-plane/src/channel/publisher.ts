/** Makes a policy change the one that decisions and sidecars run on. */
import { CHANNEL_DOWN_CLOSES_STREAMS_MS } from '@sluice/contract/frames';
import type { PolicyChange } from '../decision/policy.ts';
import type { PolicyState } from '../decision/policy-state.ts';
import { policySteps } from '../decision/policy-steps.ts';
import type { ExpirySchedule } from './expiry-schedule.ts';
import { type Revocation, revocationBy } from './revocations.ts';
import type { Sidecars } from './sidecars.ts';
import type { SnapshotSource } from './snapshot-source.ts';

export interface Publisher {
  /**
   * Decisions use `change` when this returns. Resolves when every connected sidecar does too
   * (`applied: true`), or after a second.
   */
  publish(change: PolicyChange): Promise<{ readonly applied: boolean }>;
  /** Closes the streams of keys and secrets that have ended by themselves. `now` in Unix milliseconds. */
  expire(now: number): void;
  /**
   * What a sidecar must close that comes back with the snapshot `version`: after missed changes
   * everything, for it can't know whose streams they are; else what has ended lately.
   */
  missedRevocation(version: number): Revocation;
}

export interface PublisherDependencies {
  readonly policy: PolicyState;
  readonly snapshots: SnapshotSource;
  readonly sidecars: Sidecars;
  readonly expiry: ExpirySchedule;
}

const ACKNOWLEDGE_TIMEOUT_MS = 1_000;
/** A sidecar that is away for longer than half of it has closed all its streams. */
const REMEMBERED_MS = 2 * CHANNEL_DOWN_CLOSES_STREAMS_MS;

interface Ended extends Revocation {
  readonly at: number;
}

export function createPublisher(deps: PublisherDependencies): Publisher {
  const { policy, snapshots, sidecars, expiry } = deps;
  /** What has ended while a sidecar that is away may still keep its streams; the oldest first. */
  let ended: readonly Ended[] = [];
  return {
    async publish(change) {
      const keySteps = policySteps(change.keys, change.full, policy.keys.names());
      const revocation = revocationBy(keySteps, policy.keys.byName);
      policy.apply(change);
      for (const [name, key] of keySteps) expiry.set(name, key);
      sidecars.broadcast('change', snapshots.apply(change));
      if (!isEmpty(revocation)) sidecars.broadcast('revoke', revocation);
      const applied = await sidecars.reached(change.version, ACKNOWLEDGE_TIMEOUT_MS);
      return { applied };
    },
    expire(now) {
      const due = expiry.due(now);
      ended = ended.filter(({ at }) => now - at < REMEMBERED_MS);
      if (isEmpty(due)) return;
      ended = [...ended, { at: now, ...due }];
      sidecars.broadcast('revoke', due);
    },
    missedRevocation(version) {
      if (version !== policy.version) return { keys: ['*'], secrets: [] };
      return {
        keys: ended.flatMap(({ keys }) => keys),
        secrets: ended.flatMap(({ secrets }) => secrets),
      };
    },
  };
}

function isEmpty({ keys, secrets }: Revocation): boolean {
  return keys.length === 0 && secrets.length === 0;
}
