/** Who is asked about: a key by name, the key of a principal, or nobody in particular. */
import { type RuleSet, UNRESTRICTED } from '@sluice/contract/access';
import { createObjectStore } from '../configuration/object-store.ts';
import type { EndpointPolicy, KeyPolicy } from '../decision/policy.ts';
import { Problem } from '../http/problem.ts';
import { anonymousPrincipal } from '../identity/anonymous-principal.ts';
import { KEYS } from '../keys/key.ts';
import { keyPolicy } from '../keys/key-policy.ts';
import type { Reader } from '../storage/configuration-database.ts';

export interface FoundCaller {
  readonly principal: string;
  readonly key: KeyPolicy | undefined;
  readonly rules: RuleSet;
}

export interface CallerQuery {
  readonly key?: string | undefined;
  readonly principal?: string | undefined;
  readonly client_ip?: string | undefined;
}

/**
 * The caller as `endpoint` sees it: one that takes no keys looks at none.
 * Throws 422 where the query does not name exactly one caller.
 */
export async function findCaller(
  db: Reader,
  query: CallerQuery,
  endpoint: EndpointPolicy | undefined,
): Promise<FoundCaller> {
  const key = await findKey(db, query);
  const takesKeys = endpoint?.auth.includes('key') ?? true;
  if (key && takesKeys) return { principal: key.principal, key, rules: key.rules };
  const principal = (!key && query.principal) || anonymousPrincipal(query.client_ip ?? '');
  return { principal, key: undefined, rules: UNRESTRICTED };
}

async function findKey(db: Reader, query: CallerQuery): Promise<KeyPolicy | undefined> {
  const { key: name, principal } = query;
  const store = createObjectStore(KEYS);
  if (name !== undefined) {
    const key = await store.get(db, name);
    if (!key) throw unclear('key', `there is no keys/${name}`);
    const policy = keyPolicy(key, []);
    if (principal === undefined || principal === policy.principal) return policy;
    throw unclear(
      'principal',
      `the key ${name} is the principal ${policy.principal}: name one of them`,
    );
  }
  if (principal === undefined || principal.startsWith('ip:')) return undefined;
  const policies = (await store.all(db)).map((key) => keyPolicy(key, []));
  const [only, ...others] = policies.filter((policy) => policy.principal === principal);
  if (!only) throw unclear('principal', `no key has the principal ${principal}`);
  if (others.length === 0) return only;
  const names = [only, ...others].map((policy) => policy.name).join(', ');
  throw unclear(
    'principal',
    `several keys have the principal ${principal}: name one of ${names} as key`,
  );
}

function unclear(parameter: string, message: string): Problem {
  return new Problem('unprocessable', message, {
    errors: [{ in: 'query', pointer: `/${parameter}`, code: 'unclear_caller', message }],
  });
}
