/** Finds the limits that apply, at a cost that does not grow with their number. */
import { matchesGlob } from '@sluice/contract/glob';
import type { LimitPolicy } from '../decision/policy.ts';
import { type IndexedLimit, indexedLimit } from './indexed-limit.ts';
import {
  ANY,
  matchingSelectors,
  putOnShelf,
  type Shelves,
  selector,
  takeOffShelf,
} from './limit-shelves.ts';

/** What is about to be called, by its original name; a resource has the name ''. */
export interface CallTarget {
  readonly server: string;
  readonly name: string;
}

/** Whether any `call` limit may match, and the headers that those count by. */
export interface PossibleCallLimits {
  readonly any: boolean;
  readonly headers: readonly string[];
}

export interface LimitIndex {
  /** Sets or, with null, removes a limit. */
  set(name: string, policy: LimitPolicy | null): void;
  names(): readonly string[];
  /** `request` limits of this endpoint (by name) and principal. */
  requestLimits(endpoint: string, principal: string): readonly IndexedLimit[];
  /** `call` limits of this endpoint, principal and target. */
  callLimits(endpoint: string, principal: string, target: CallTarget): readonly IndexedLimit[];
  possibleCallLimits(endpoint: string, principal: string): PossibleCallLimits;
}

const NO_LIMITS: readonly IndexedLimit[] = [];
const NO_CALL_LIMITS: PossibleCallLimits = { any: false, headers: [] };

export function createLimitIndex(): LimitIndex {
  const byName = new Map<string, IndexedLimit>();
  const shelves: AllShelves = { requests: new Map(), calls: new Map(), possible: new Map() };

  const find = (from: Shelves, endpoint: string, principal: string, target?: CallTarget) => {
    // Most installations have no limits, and each request comes through here.
    if (from.size === 0) return NO_LIMITS;
    const tool = target && `${target.server}/${target.name}`;
    const found: IndexedLimit[] = [];
    for (const at of matchingSelectors(endpoint, principal, target?.server ?? ANY)) {
      for (const limit of from.get(at)?.limits.values() ?? []) {
        const glob = limit.policy.tool;
        if (tool === undefined || glob === undefined || matchesGlob(glob, tool)) found.push(limit);
      }
    }
    return found;
  };

  return {
    set(name, policy) {
      const before = byName.get(name);
      byName.delete(name);
      if (before) {
        for (const [from, at] of placesOf(before.policy, shelves)) takeOffShelf(from, at, name);
      }
      if (!policy) return;
      const limit = indexedLimit(policy);
      byName.set(name, limit);
      for (const [on, at] of placesOf(policy, shelves)) putOnShelf(on, at, limit);
    },
    names: () => [...byName.keys()],
    requestLimits: (endpoint, principal) => find(shelves.requests, endpoint, principal),
    callLimits: (endpoint, principal, target) => find(shelves.calls, endpoint, principal, target),
    possibleCallLimits(endpoint, principal) {
      if (shelves.possible.size === 0) return NO_CALL_LIMITS;
      const found = matchingSelectors(endpoint, principal, ANY).flatMap(
        (at) => shelves.possible.get(at) ?? [],
      );
      const headers = new Set(found.flatMap((shelf) => [...shelf.headers.values()]));
      return { any: found.length > 0, headers: [...headers] };
    },
  };
}

interface AllShelves {
  readonly requests: Shelves;
  readonly calls: Shelves;
  /** The call limits once more, whatever their server: whether an ask is needed. */
  readonly possible: Shelves;
}

function placesOf(
  policy: LimitPolicy,
  shelves: AllShelves,
): readonly (readonly [Shelves, string])[] {
  const endpoint = policy.endpoint ?? ANY;
  const principal = policy.principal ?? ANY;
  const anyServer = selector(endpoint, principal, ANY);
  if (policy.unit === 'request') return [[shelves.requests, anyServer]];
  return [
    [shelves.calls, selector(endpoint, principal, serverOf(policy))],
    [shelves.possible, anyServer],
  ];
}

/** Also a tool glob names its server, if its part before the slash is literal. */
function serverOf(policy: LimitPolicy): string {
  if (policy.server !== undefined) return policy.server;
  const slash = policy.tool?.indexOf('/') ?? -1;
  const server = policy.tool?.slice(0, Math.max(slash, 0)) ?? ANY;
  return server.includes('*') ? ANY : server;
}
