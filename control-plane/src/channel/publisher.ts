/** Makes a policy change the one that decisions and sidecars run on. */
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
}

export interface PublisherDependencies {
  readonly policy: PolicyState;
  readonly snapshots: SnapshotSource;
  readonly sidecars: Sidecars;
  readonly expiry: ExpirySchedule;
}

const ACKNOWLEDGE_TIMEOUT_MS = 1_000;

export function createPublisher(deps: PublisherDependencies): Publisher {
  const { policy, snapshots, sidecars, expiry } = deps;
  return {
    async publish(change) {
      const keySteps = policySteps(change.keys, change.full, policy.keys.names());
      const revocation = revocationBy(keySteps, policy.keys.byName);
      policy.apply(change);
      for (const [name, key] of keySteps) expiry.set(name, key);
      sidecars.broadcast('change', snapshots.apply(change));
      sendRevocation(sidecars, revocation);
      const applied = await sidecars.reached(change.version, ACKNOWLEDGE_TIMEOUT_MS);
      return { applied };
    },
    expire(now) {
      sendRevocation(sidecars, expiry.due(now));
    },
  };
}

function sendRevocation(sidecars: Sidecars, revocation: Revocation): void {
  if (revocation.keys.length === 0 && revocation.secrets.length === 0) return;
  sidecars.broadcast('revoke', revocation);
}
