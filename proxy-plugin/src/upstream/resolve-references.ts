/** Replaces `env:NAME` references in a server's `env` and `headers` by the values they stand for. */
import { notRun, type UpstreamError } from './upstream-error.ts';

/** The value behind a name, or undefined if it may not be used or is not set. Throws when it can't look. */
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
    const where = `Server "${serverName}": ${field}.${key} refers to the variable ${name}`;
    return [key, lookedUp(name, where, resolve)] as const;
  });
  return Object.fromEntries(resolved);
}

function lookedUp(name: string, where: string, resolve: ResolveReference): string {
  let value: string | undefined;
  try {
    value = resolve(name);
  } catch (error) {
    throw unreadable(where, error);
  }
  if (value !== undefined) return value;
  throw notRun(
    'start_failed',
    `${where}, which is not set. Set it in the file that SLUICE_ENV_FILE names, or as an environment variable whose name starts with SLUICE_SECRET_.`,
  );
}

function unreadable(where: string, error: unknown): UpstreamError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
  const message = `${where}, but the file that SLUICE_ENV_FILE names can't be read (${code}).`;
  return notRun('start_failed', message);
}
