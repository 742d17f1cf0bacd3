/** A small configuration that tests vary: endpoint `default` on namespace `dev` with all given servers. */
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';
import type {
  EndpointRuntime,
  NamespaceRules,
  ServerRuntime,
  Snapshot,
} from '@sluice/contract/snapshot';
import { sampleMember, sampleRules } from '@sluice/contract/testing/sample-namespace';

export interface SnapshotParts {
  readonly version?: number;
  readonly namespace?: Partial<NamespaceRules>;
  readonly endpoint?: Partial<EndpointRuntime>;
  /** By id; `open` is there in any case. */
  readonly ruleSets?: Readonly<Record<string, RuleSet>>;
}

export function sampleSnapshot(
  servers: readonly ServerRuntime[],
  { version = 1, namespace, endpoint, ruleSets }: SnapshotParts = {},
): Snapshot {
  const members = servers.map(({ name }) => sampleMember({ server: name }));
  return {
    version,
    servers: Object.fromEntries(servers.map((server) => [server.name, server])),
    namespaces: { dev: sampleRules({ members, ...namespace }) },
    endpoints: { default: sampleEndpoint(endpoint) },
    ruleSets: { open: UNRESTRICTED, ...ruleSets },
  };
}

export function sampleEndpoint(some: Partial<EndpointRuntime> = {}): EndpointRuntime {
  return {
    name: 'default',
    path: 'default',
    namespace: 'dev',
    enabled: true,
    transports: ['streamable-http', 'sse', 'rest'],
    allowedOrigins: [],
    ...some,
  };
}
