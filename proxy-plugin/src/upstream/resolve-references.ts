/** Replaces `env:NAME` references in a server's `env` and `headers` by the values they stand for. */
import { notRun } from './upstream-error.ts';

/** The value behind a name, or undefined if it may not be used or is not set. */
export type ResolveReference = (name: string) => string | undefined;

const REFERENCE = /^env:(.+)$/s;

/**
 * The values with every whole-value reference resolved. Throws `UpstreamError` (`start_failed`) naming
 * the field and the variable, never a value.
 */
export function resolveReferences(
  serverName: string,
  field: 'env' | 'headers',
  values: Readonly<Record<string, string>>,
  resolve: ResolveReference,
): Record<string, string> {
  const resolved = Object.entries(values).map(([key, value]) => {
    const name = REFERENCE.exec(value)?.[1];
    if (name === undefined) return [key, value] as const;
    const found = resolve(name);
    if (found === undefined) throw unresolved(serverName, `${field}.${key}`, name);
    return [key, found] as const;
  });
  return Object.fromEntries(resolved);
}

function unresolved(serverName: string, field: string, name: string) {
  return notRun(
    'start_failed',
    `Server "${serverName}": ${field} refers to the variable ${name}, which is not set. Set it in the file that SLUICE_ENV_FILE names, or as an environment variable whose name starts with SLUICE_SECRET_.`,
  );
}
