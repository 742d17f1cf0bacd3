/** Values for tests: endpoints, keys, limits and requests with everything filled in. */
import { createSecretKey } from 'node:crypto';
import { UNRESTRICTED } from '@sluice/contract/access';
import type { ServerRuntime } from '@sluice/contract/snapshot';
import { createKeyDigest } from '../credentials/key-digest.ts';
import type { DecisionInput } from '../decision/decision-input.ts';
import type { EndpointPolicy, KeyPolicy, LimitPolicy, PolicyChange } from '../decision/policy.ts';
import { createPolicyState, type PolicyState } from '../decision/policy-state.ts';

export const digest = createKeyDigest(new Uint8Array(32).fill(7));
export const decisionKey = createSecretKey(Buffer.alloc(32, 9));
export const NOW = Date.UTC(2026, 7, 1);

export function sampleEndpoint(
  name: string,
  overrides: Partial<EndpointPolicy> = {},
): EndpointPolicy {
  return {
    name,
    path: name,
    namespace: 'all',
    enabled: true,
    transports: ['streamable-http', 'sse', 'rest'],
    allowedOrigins: [],
    auth: ['key'],
    queryKey: false,
    ...overrides,
  };
}

export function sampleServer(name: string): ServerRuntime {
  return {
    name,
    revision: 1,
    enabled: true,
    transport: 'stdio',
    args: [],
    env: {},
    headers: {},
    forwardHeaders: [],
    isolation: 'principal',
    trustAnnotations: false,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    totalTimeoutMs: 60_000,
    idleTimeoutMs: 60_000,
    probeIntervalMs: 30_000,
    maxUpstreams: 20,
    maxUpstreamsPerPrincipal: 5,
  };
}

/** Its secret is `secret-of-<name>`. */
export function sampleKey(name: string, overrides: Partial<KeyPolicy> = {}): KeyPolicy {
  return {
    name,
    principal: name,
    lineage: `lineage-of-${name}`,
    secrets: [{ digest: digest(`secret-of-${name}`) }],
    endpoints: ['*'],
    rules: UNRESTRICTED,
    revoked: false,
    ...overrides,
  };
}

/** One request per second, ten at once, counted per principal. */
export function sampleLimit(name: string, overrides: Partial<LimitPolicy> = {}): LimitPolicy {
  return {
    name,
    createdAt: 0,
    mode: 'enforce',
    unit: 'request',
    per: 'principal',
    rate: 1,
    periodSeconds: 1,
    burst: 10,
    ...overrides,
  };
}

interface Parts {
  readonly endpoints?: readonly EndpointPolicy[];
  readonly keys?: readonly KeyPolicy[];
  readonly limits?: readonly LimitPolicy[];
}

export function fullChange(
  { endpoints = [], keys = [], limits = [] }: Parts,
  version = 1,
): PolicyChange {
  return {
    version,
    full: true,
    servers: {},
    namespaces: {},
    endpoints: byName(endpoints),
    keys: byName(keys),
    limits: byName(limits),
  };
}

export function samplePolicy(parts: Parts): PolicyState {
  const policy = createPolicyState(digest);
  policy.apply(fullChange(parts));
  return policy;
}

/** A first POST of alice to the endpoint `dev`. */
export function sampleInput(overrides: Partial<DecisionInput> = {}): DecisionInput {
  return {
    endpointPath: 'dev',
    route: 'mcp',
    httpMethod: 'POST',
    clientIp: '192.0.2.1',
    requestId: '0123456789abcdef0123456789abcdef',
    origin: '',
    host: '127.0.0.1:12008',
    authorization: 'Bearer secret-of-alice',
    apiKey: '',
    queryKey: '',
    sessionId: '',
    protocolVersion: '',
    method: '',
    name: '',
    limitHeaders: {},
    tool: '',
    ...overrides,
  };
}

function byName<T extends { readonly name: string }>(values: readonly T[]): Record<string, T> {
  return Object.fromEntries(values.map((value) => [value.name, value]));
}
