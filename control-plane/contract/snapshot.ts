/** The configuration that the data path runs on: immutable values under a growing version. */
import type { RuleSet } from './access.ts';

export type Transport = 'stdio' | 'streamable-http' | 'sse';
/** How clients may speak to an endpoint. */
export type ClientTransport = 'streamable-http' | 'sse' | 'rest';
export type Isolation = 'principal' | 'session' | 'shared';

/** A server as the sidecar needs it: defaults filled in, sealed secrets opened. */
export interface ServerRuntime {
  readonly name: string;
  /** Changes whenever the way to reach the server changes; older upstreams are then retired. */
  readonly revision: number;
  readonly enabled: boolean;
  readonly transport: Transport;
  readonly command?: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Plain values and opened secrets together; a value `env:NAME` is resolved by the sidecar. */
  readonly env: Readonly<Record<string, string>>;
  readonly url?: string;
  /** As `env`, for HTTP transports. */
  readonly headers: Readonly<Record<string, string>>;
  /** Client header names passed on to HTTP upstreams (lower case). */
  readonly forwardHeaders: readonly string[];
  readonly isolation: Isolation;
  readonly trustAnnotations: boolean;
  /** Milliseconds. */
  readonly connectTimeoutMs: number;
  /** Of one call without progress, and of one call in all, which progress does not extend. */
  readonly requestTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Quiet for so long, the server is asked whether it is there. */
  readonly probeIntervalMs: number;
  /** Most upstreams (children or upstream sessions) of this server, and of one principal on it. */
  readonly maxUpstreams: number;
  readonly maxUpstreamsPerPrincipal: number;
  /** What one stdio child may use with everything it starts; absent = no limit. */
  readonly memoryLimitBytes?: number;
}

/** What an operator sets on one tool or prompt of a member, by original name. */
export interface ToolOverride {
  /** The whole visible name, no prefix added. */
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly enabled?: boolean;
}

export interface NamespaceMember {
  readonly server: string;
  readonly enabled: boolean;
  /** '' = none. */
  readonly prefix: string;
  /** Globs on original names of tools and prompts; empty include = all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly tools: Readonly<Record<string, ToolOverride>>;
}

export interface NamespaceRules {
  readonly name: string;
  readonly members: readonly NamespaceMember[];
  readonly separator: string;
  readonly maxNameLength: number;
  readonly resourceUris: 'prefix' | 'keep';
  /** For tools that neither `include` nor an override names. */
  readonly newTools: 'allow' | 'deny';
}

export interface EndpointRuntime {
  readonly name: string;
  readonly path: string;
  readonly namespace: string;
  readonly enabled: boolean;
  readonly transports: readonly ClientTransport[];
  /** Exact origins, or `*`. Requests without `Origin`, or from the endpoint's own origin, always pass. */
  readonly allowedOrigins: readonly string[];
}

/** All that the sidecar may know; the decision loop has keys and limits beside it. */
export interface Snapshot {
  readonly version: number;
  readonly servers: Readonly<Record<string, ServerRuntime>>;
  readonly namespaces: Readonly<Record<string, NamespaceRules>>;
  /** By path. */
  readonly endpoints: Readonly<Record<string, EndpointRuntime>>;
  /** By rule-set id, as claims name them. */
  readonly ruleSets: Readonly<Record<string, RuleSet>>;
}

/** A step from `version - 1` or earlier: values to set, null to remove. */
export interface SnapshotChange {
  readonly version: number;
  readonly servers?: Readonly<Record<string, ServerRuntime | null>>;
  readonly namespaces?: Readonly<Record<string, NamespaceRules | null>>;
  readonly endpoints?: Readonly<Record<string, EndpointRuntime | null>>;
  readonly ruleSets?: Readonly<Record<string, RuleSet | null>>;
}

export const EMPTY_SNAPSHOT: Snapshot = {
  version: 0,
  servers: {},
  namespaces: {},
  endpoints: {},
  ruleSets: {},
};

/** What `name` stands for. Names come from requests: `constructor` finds nothing inherited. */
export function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** The snapshot after `change`; the given one stays as it is. */
export function applyChange(snapshot: Snapshot, change: SnapshotChange): Snapshot {
  return {
    version: change.version,
    servers: merged(snapshot.servers, change.servers),
    namespaces: merged(snapshot.namespaces, change.namespaces),
    endpoints: merged(snapshot.endpoints, change.endpoints),
    ruleSets: merged(snapshot.ruleSets, change.ruleSets),
  };
}

function merged<T>(
  before: Readonly<Record<string, T>>,
  change: Readonly<Record<string, T | null>> | undefined,
): Readonly<Record<string, T>> {
  if (!change) return before;
  const after = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(change)) {
    if (value === null) after.delete(name);
    else after.set(name, value);
  }
  return Object.fromEntries(after);
}
