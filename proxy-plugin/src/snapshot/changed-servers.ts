/** Which servers a step of the configuration touched. */
import type { ServerRuntime, Snapshot } from '@sluice/contract/snapshot';

/** Name and new value of every server that was added, changed, switched or removed (`undefined`). */
export function changedServers(
  before: Snapshot,
  after: Snapshot,
): readonly (readonly [string, ServerRuntime | undefined])[] {
  if (before.servers === after.servers) return [];
  const names = new Set([...Object.keys(before.servers), ...Object.keys(after.servers)]);
  return [...names]
    .filter((name) => !isSame(before.servers[name], after.servers[name]))
    .map((name) => [name, after.servers[name]] as const);
}

function isSame(one: ServerRuntime | undefined, other: ServerRuntime | undefined): boolean {
  return one?.revision === other?.revision && one?.enabled === other?.enabled;
}
