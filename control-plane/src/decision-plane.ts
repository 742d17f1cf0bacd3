/** Everything that lives on the decision loop's thread, constructed and wired. */
import { createSecretKey } from 'node:crypto';
import type { CallRecord } from '@sluice/contract/call-record';
import { CONTROL_PLANE_REPLICA, newCallSource } from '@sluice/contract/call-source';
import { CHANNEL_PROTOCOL } from '@sluice/contract/frames';
import type { Logger } from 'pino';
import { type AskDependencies, answerAsk } from './channel/answer-ask.ts';
import { createChannelServer } from './channel/channel-server.ts';
import { createExpirySchedule } from './channel/expiry-schedule.ts';
import { createPublisher } from './channel/publisher.ts';
import { createServerSyncs } from './channel/server-syncs.ts';
import { createSidecars } from './channel/sidecars.ts';
import { createSnapshotSource } from './channel/snapshot-source.ts';
import type { Config } from './config.ts';
import { deriveKey } from './credentials/derived-key.ts';
import { createKeyDigest } from './credentials/key-digest.ts';
import type { InstallationKeys } from './credentials/key-file.ts';
import { createCounters, sampleName } from './decision/counters.ts';
import { createDecisionLoop } from './decision/decision-loop.ts';
import { createDecisionServer } from './decision/decision-server.ts';
import { createDenialLog } from './decision/denial-log.ts';
import { createFailedCredentials } from './decision/failed-credentials.ts';
import { createKeyUsage } from './decision/key-usage.ts';
import { createPolicyState, type PolicyState } from './decision/policy-state.ts';
import { createDecisionAnswers } from './decision-link/decision-answers.ts';
import type { StorageLink } from './decision-link/storage-link.ts';
import { createLimits } from './limits/limits.ts';
import { createMemoryBuckets } from './limits/memory-buckets.ts';

export interface DecisionPlaneOptions {
  readonly config: Config;
  readonly keys: InstallationKeys;
  readonly storage: StorageLink;
  readonly logger: Logger;
}

/** About 150 bytes each. */
const BUCKET_CAPACITY = 200_000;
const FAILURE_CAPACITY = 50_000;
/** Records of denials in one second. */
const DENIAL_CAPACITY = 500;

export function createDecisionPlane({ config, keys, storage, logger }: DecisionPlaneOptions) {
  const counters = createCounters();
  const policy = createPolicyState(createKeyDigest(keys.pepper));
  const clock = () => performance.now();
  const buckets = createMemoryBuckets({ clock, capacity: BUCKET_CAPACITY });
  const failureBuckets = createMemoryBuckets({ clock, capacity: FAILURE_CAPACITY });
  const limits = createLimits({
    index: policy.limits,
    buckets,
    onExceeded: ({ name, mode }) =>
      counters.add(sampleName('sluice_limit_exceeded_total', { limit: name, mode })),
  });
  const reports = createReports(storage);
  const channel = createChannel({ keys, policy, limits, counters, storage, logger });
  const decide = createDecisionLoop({
    policy,
    limits,
    failures: createFailedCredentials(failureBuckets),
    denials: reports.denials,
    keyUsage: reports.keyUsage,
    counters,
    decisionKey: createSecretKey(deriveKey(keys.secrets, 'decision')),
    publicOrigin: config.publicUrl,
    limitHeaderNames: config.limitHeaders,
    now: Date.now,
  });
  return {
    decisionServer: createDecisionServer(decide, (error) =>
      logger.error({ err: error }, 'a decision failed'),
    ),
    channelServer: channel.server,
    answers: createDecisionAnswers({
      ...channel,
      policy,
      limits,
      counters,
      gauges: () => ({
        sluice_limit_buckets: buckets.size,
        sluice_failed_credential_buckets: failureBuckets.size,
      }),
    }),
    /** Hands what was noted to the storage thread. */
    report: reports.send,
    /** As `report`, when no more decisions are taken. */
    reportLast: reports.sendLast,
    /** What time does by itself: keys end, empty buckets go. */
    tick() {
      channel.publisher.expire(Date.now());
      buckets.sweep(SWEEP_SLICE);
      failureBuckets.sweep(SWEEP_SLICE);
    },
    disconnectSidecars() {
      for (const { connection } of channel.sidecars.all()) connection.end();
    },
  };
}

/** Buckets looked at in one tick: well under a millisecond. */
const SWEEP_SLICE = 4_000;

function createReports(storage: StorageLink) {
  const source = newCallSource(CONTROL_PLANE_REPLICA);
  const denials = createDenialLog({ source, now: Date.now, capacity: DENIAL_CAPACITY });
  const keyUsage = createKeyUsage();
  const report = (records: readonly CallRecord[]) => {
    const used = keyUsage.drain();
    if (used) storage.keysUsed(used);
    if (records.length > 0) storage.storeDenials(records);
  };
  return {
    denials,
    keyUsage,
    send: () => report(denials.drain()),
    sendLast: () => report(denials.end()),
  };
}

type ChannelOptions = Omit<DecisionPlaneOptions, 'config'> &
  AskDependencies & { readonly policy: PolicyState };

function createChannel({ keys, policy, limits, counters, storage, logger }: ChannelOptions) {
  const snapshots = createSnapshotSource(Date.now);
  const sidecars = createSidecars();
  const syncs = createServerSyncs(sidecars);
  const decisionKey = deriveKey(keys.secrets, 'decision').toString('base64url');
  const sessionKey = deriveKey(keys.secrets, 'session').toString('base64url');
  const publisher = createPublisher({
    policy,
    snapshots,
    sidecars,
    expiry: createExpirySchedule(),
  });
  const server = createChannelServer({
    sidecars,
    syncs,
    storage,
    logger,
    welcome: () => ({
      protocol: CHANNEL_PROTOCOL,
      decisionKey,
      sessionKey,
      snapshot: snapshots.snapshot(),
    }),
    missedRevocation: publisher.missedRevocation,
    answer: (ask, reply) => answerAsk({ policy, limits, counters }, ask, reply),
  });
  return { server, sidecars, syncs, publisher };
}
