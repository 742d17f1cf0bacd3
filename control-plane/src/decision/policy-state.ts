/** The policy that decisions are taken on: maps in memory, changed between two requests and never during one. */
import type { KeyDigest } from '../credentials/key-digest.ts';
import { createKnownKeys, type KnownKeys } from '../identity/known-keys.ts';
import { createLimitIndex, type LimitIndex } from '../limits/limit-index.ts';
import { createKnownTools, type KnownTools } from './known-tools.ts';
import type { EndpointPolicy, PolicyChange } from './policy.ts';
import { policySteps } from './policy-steps.ts';

/** What a decision may look at. */
export interface PolicyView {
  readonly version: number;
  endpointAt(path: string): EndpointPolicy | undefined;
  readonly keys: Pick<KnownKeys, 'byName' | 'bySecret'>;
  readonly limits: LimitIndex;
  readonly tools: Pick<KnownTools, 'find'>;
}

export interface PolicyState extends PolicyView {
  readonly keys: KnownKeys;
  readonly tools: KnownTools;
  apply(change: PolicyChange): void;
}

export function createPolicyState(digest: KeyDigest): PolicyState {
  const endpoints = new Map<string, EndpointPolicy>();
  const byPath = new Map<string, EndpointPolicy>();
  const keys = createKnownKeys(digest);
  const limits = createLimitIndex();
  const tools = createKnownTools();
  let version = 0;
  return {
    get version() {
      return version;
    },
    endpointAt: (path) => byPath.get(path),
    keys,
    limits,
    tools,
    apply(change) {
      tools.apply(change);
      const changed = policySteps(change.endpoints, change.full, endpoints.keys());
      // All removals come first: a path may move from one endpoint to another.
      for (const [name] of changed) byPath.delete(endpoints.get(name)?.path ?? '');
      for (const [name, endpoint] of changed) {
        endpoints.delete(name);
        if (!endpoint) continue;
        endpoints.set(name, endpoint);
        byPath.set(endpoint.path, endpoint);
      }
      for (const [name, key] of policySteps(change.keys, change.full, keys.names()))
        keys.set(name, key);
      for (const [name, limit] of policySteps(change.limits, change.full, limits.names())) {
        limits.set(name, limit);
      }
      version = change.version;
    },
  };
}
