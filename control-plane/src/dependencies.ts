/** What the routes stand on: the only place of the API thread where things are constructed. */
import { createSecretKey } from 'node:crypto';
import type { AdminKeyBody } from './admin-keys/admin-key.ts';
import { createAuthenticateAdmin } from './admin-keys/authenticate-admin.ts';
import { ADMIN_KEYS } from './admin-keys/owner-rules.ts';
import type { CallLog } from './calls/call-log.ts';
import type { CallsDatabase } from './calls/calls-database.ts';
import type { Config } from './config.ts';
import { createConfigurationWriter } from './configuration/configuration-writer.ts';
import { createObjects, type Objects } from './configuration/objects.ts';
import { deriveKey } from './credentials/derived-key.ts';
import { createKeyDigest } from './credentials/key-digest.ts';
import type { InstallationKeys } from './credentials/key-file.ts';
import type { DecisionLink } from './decision-link/decision-link.ts';
import type { EndpointBody } from './endpoints/endpoint.ts';
import { endpointObjects } from './endpoints/endpoint-objects.ts';
import { createCursors } from './http/cursor.ts';
import { CLIENT_KEYS } from './keys/client-keys.ts';
import type { KeyBody } from './keys/key.ts';
import { createKeyObjects, type KeyObjects } from './keys/key-objects.ts';
import type { KeyUses } from './keys/key-uses.ts';
import { createMemoryBuckets } from './limits/memory-buckets.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import type { NamespaceBody } from './namespaces/namespace.ts';
import { namespaceObjects } from './namespaces/namespace-objects.ts';
import { createPolicySource } from './publication/policy-source.ts';
import type { LimitBody } from './rate-limits/limit.ts';
import { limitObjects } from './rate-limits/limit-objects.ts';
import { createSealer } from './secrets/sealer.ts';
import { createSecretStore } from './secrets/secret-store.ts';
import type { KeptServerLists } from './servers/kept-server-lists.ts';
import type { ServerBody } from './servers/server.ts';
import { serverObjects } from './servers/server-objects.ts';
import type { ServerStatuses } from './servers/server-statuses.ts';
import type { ConfigurationDatabase } from './storage/configuration-database.ts';

/** What exists before the decision loop is heard, because it is told there. */
export interface Foundation {
  readonly config: Config;
  readonly db: ConfigurationDatabase;
  readonly calls: CallsDatabase;
  readonly callLog: CallLog;
  readonly lists: KeptServerLists;
  readonly statuses: ServerStatuses;
  readonly uses: KeyUses;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface Dependencies extends Foundation {
  readonly decisions: DecisionLink;
  readonly cursors: ReturnType<typeof createCursors>;
  readonly digest: ReturnType<typeof createKeyDigest>;
  readonly sealer: ReturnType<typeof createSealer>;
  readonly writer: ReturnType<typeof createConfigurationWriter>;
  readonly policy: ReturnType<typeof createPolicySource>;
  readonly authenticate: ReturnType<typeof createAuthenticateAdmin>;
  readonly metrics: Metrics;
  readonly servers: Objects<ServerBody>;
  readonly namespaces: Objects<NamespaceBody>;
  readonly endpoints: Objects<EndpointBody>;
  readonly keys: KeyObjects<KeyBody>;
  readonly adminKeys: KeyObjects<AdminKeyBody>;
  readonly limits: Objects<LimitBody>;
}

export interface DependencyOptions {
  readonly foundation: Foundation;
  readonly installationKeys: InstallationKeys;
  readonly decisions: DecisionLink;
}

/** Addresses that sent bad admin keys; about 150 bytes each. */
const FAILURE_CAPACITY = 10_000;

export function createDependencies(options: DependencyOptions): Dependencies {
  const { foundation, installationKeys, decisions } = options;
  const { config, db, uses, lists, statuses, now } = foundation;
  const digest = createKeyDigest(installationKeys.pepper);
  const sealer = createSealer(deriveKey(installationKeys.secrets, 'sealing'));
  const secrets = createSecretStore(sealer);
  const policy = createPolicySource({ secrets });
  const cursors = createCursors(createSecretKey(deriveKey(installationKeys.secrets, 'cursor')));
  const writer = createConfigurationWriter({ db, decisions, policyOf: policy.of, now });
  const objectsDeps = { db, writer, cursors };
  const keyDeps = { ...objectsDeps, digest, uses, now };
  const clock = () => performance.now();
  const failures = createMemoryBuckets({ clock, capacity: FAILURE_CAPACITY });
  return {
    ...foundation,
    decisions,
    cursors,
    digest,
    sealer,
    writer,
    policy,
    metrics: createMetrics({ ...foundation, decisions, version: config.version }),
    authenticate: createAuthenticateAdmin({ db, digest, uses, failures, now }),
    servers: createObjects(
      objectsDeps,
      serverObjects({ secrets, statuses, lists, stdio: config.stdio }),
    ),
    namespaces: createObjects(objectsDeps, namespaceObjects({ lists })),
    endpoints: createObjects(objectsDeps, endpointObjects({ publicUrl: config.publicUrl })),
    keys: createKeyObjects(keyDeps, CLIENT_KEYS),
    adminKeys: createKeyObjects(keyDeps, ADMIN_KEYS),
    limits: createObjects(objectsDeps, limitObjects({ limitHeaders: config.limitHeaders })),
  };
}
