/** Which servers a step of the configuration touched. */
import type { ServerRuntime, Snapshot } from '@sluice/contract/snapshot';

/** Name and new value of every server that was added, changed or removed (`undefined`). */
export function changedServers(
  before: Snapshot,
  after: Snapshot,
): readonly (readonly [string, ServerRuntime | undefined])[] {
  const names = new Set([...Object.keys(before.servers), ...Object.keys(after.servers)]);
  return [...names]
    .filter((name) => before.servers[name]?.revision !== after.servers[name]?.revision)
    .map((name) => [name, after.servers[name]] as const);
}
