/** Where `env:NAME` references lead: the operator's file, or variables made for it. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The only names of our own that a reference may read: settings are not for servers. */
const OWN = /^SLUICE_/;
const SHARED = /^SLUICE_SECRET_/;

/**
 * Reads `SLUICE_ENV_FILE` anew at each look-up, so that a changed secret needs no restart: looked up
 * only when an upstream starts.
 */
export function createReferences(
  envFile: string,
  environment: Readonly<Record<string, string | undefined>>,
): (name: string) => string | undefined {
  return (name) => {
    if (OWN.test(name) && !SHARED.test(name)) return undefined;
    const filed = envFile === '' ? undefined : parseEnv(readFileSync(envFile, 'utf8'))[name];
    return filed ?? (SHARED.test(name) ? environment[name] : undefined);
  };
}
