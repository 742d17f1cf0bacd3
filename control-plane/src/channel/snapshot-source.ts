/** The sidecar's part of the configuration: what each policy change means for it, and the whole for a new one. */
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';
import { DECISION_LIFETIME_MS } from '@sluice/contract/decision';
import type {
  EndpointRuntime,
  NamespaceRules,
  ServerRuntime,
  Snapshot,
  SnapshotChange,
} from '@sluice/contract/snapshot';
import type { EndpointPolicy, KeyPolicy, PolicyChange } from '../decision/policy.ts';
import { policySteps } from '../decision/policy-steps.ts';
import { OPEN_RULE_SET, ruleSetId } from '../decision/rule-set-id.ts';

export interface SnapshotSource {
  apply(change: PolicyChange): SnapshotChange;
  snapshot(): Snapshot;
}

type Steps<T> = Record<string, T | null>;

/** `now` in Unix milliseconds. */
export function createSnapshotSource(now: () => number): SnapshotSource {
  const servers = new Map<string, ServerRuntime>();
  const namespaces = new Map<string, NamespaceRules>();
  const endpoints = createEndpointTable();
  const ruleSets = createRuleSetTable(now);
  let version = 0;
  return {
    apply(change) {
      version = change.version;
      return {
        version,
        servers: applySteps(servers, policySteps(change.servers, change.full, servers.keys())),
        namespaces: applySteps(
          namespaces,
          policySteps(change.namespaces, change.full, namespaces.keys()),
        ),
        endpoints: endpoints.apply(change),
        ruleSets: ruleSets.apply(change),
      };
    },
    snapshot: () => ({
      version,
      servers: Object.fromEntries(servers),
      namespaces: Object.fromEntries(namespaces),
      endpoints: endpoints.all(),
      ruleSets: ruleSets.all(),
    }),
  };
}

function applySteps<T>(
  table: Map<string, T>,
  steps: readonly (readonly [string, T | null])[],
): Steps<T> {
  for (const [name, value] of steps) {
    if (value === null) table.delete(name);
    else table.set(name, value);
  }
  return Object.fromEntries(steps);
}

/** The policy has endpoints by name, the sidecar by path. */
function createEndpointTable() {
  const byName = new Map<string, EndpointRuntime>();
  return {
    apply({ endpoints, full }: PolicyChange): Steps<EndpointRuntime> {
      const steps = policySteps(endpoints, full, byName.keys());
      const byPath = new Map<string, EndpointRuntime | null>();
      // Removals first: a path may move from one endpoint to another.
      for (const [name] of steps) {
        const before = byName.get(name);
        if (before) byPath.set(before.path, null);
        byName.delete(name);
      }
      for (const [name, endpoint] of steps) {
        if (!endpoint) continue;
        const runtime = withoutAuth(endpoint);
        byName.set(name, runtime);
        byPath.set(runtime.path, runtime);
      }
      return Object.fromEntries(byPath);
    },
    all: () =>
      Object.fromEntries([...byName.values()].map((endpoint) => [endpoint.path, endpoint])),
  };
}

/** How to authenticate is not the sidecar's business. */
function withoutAuth({ auth: _, queryKey: __, ...runtime }: EndpointPolicy): EndpointRuntime {
  return runtime;
}

interface SharedRuleSet {
  readonly rules: RuleSet;
  readonly keys: Set<string>;
  /** Unix milliseconds since when no key has it. */
  unusedSince: number;
}

/** Rule sets by id. One that no key has any more stays as long as a decision that names it may live. */
function createRuleSetTable(now: () => number) {
  // Open endpoints always have theirs: it is held by nobody's name.
  const open: SharedRuleSet = { rules: UNRESTRICTED, keys: new Set(['']), unusedSince: 0 };
  const ruleSets = new Map([[OPEN_RULE_SET, open]]);
  const byKey = new Map<string, SharedRuleSet>();
  const unused = new Set<string>();

  const drop = (key: string) => {
    const ruleSet = byKey.get(key);
    byKey.delete(key);
    ruleSet?.keys.delete(key);
    if (ruleSet?.keys.size !== 0) return;
    ruleSet.unusedSince = now();
    unused.add(ruleSetId(ruleSet.rules));
  };
  const give = (key: string, { rules }: KeyPolicy, steps: Steps<RuleSet>) => {
    const id = ruleSetId(rules);
    const ruleSet = ruleSets.get(id) ?? { rules, keys: new Set(), unusedSince: 0 };
    if (!ruleSets.has(id)) steps[id] = rules;
    ruleSets.set(id, ruleSet);
    ruleSet.keys.add(key);
    byKey.set(key, ruleSet);
    unused.delete(id);
  };
  const forget = (steps: Steps<RuleSet>) => {
    for (const id of unused) {
      if (now() - (ruleSets.get(id)?.unusedSince ?? 0) < DECISION_LIFETIME_MS) continue;
      unused.delete(id);
      ruleSets.delete(id);
      steps[id] = null;
    }
  };
  return {
    apply({ keys, full }: PolicyChange): Steps<RuleSet> {
      const steps: Steps<RuleSet> = {};
      for (const [name, key] of policySteps(keys, full, byKey.keys())) {
        drop(name);
        if (key) give(name, key, steps);
      }
      forget(steps);
      return steps;
    },
    all: () => Object.fromEntries([...ruleSets].map(([id, { rules }]) => [id, rules])),
  };
}
