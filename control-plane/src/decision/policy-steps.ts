/** What a policy change means for one kind. */

/**
 * Names and their new values, null to remove. A full change also removes what it does not name.
 */
export function policySteps<T>(
  values: Readonly<Record<string, T | null>> | undefined,
  full: boolean,
  known: Iterable<string>,
): readonly (readonly [string, T | null])[] {
  const steps = Object.entries(values ?? {});
  if (!full) return steps;
  const named = new Set(steps.map(([name]) => name));
  const removed = [...known].filter((name) => !named.has(name));
  return [...removed.map((name) => [name, null] as const), ...steps];
}
