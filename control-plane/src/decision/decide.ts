/** The decision: a pure function from a request and the policy to a verdict. */
import { anonymousPrincipal } from '../identity/anonymous-principal.ts';
import { identify } from '../identity/identify.ts';
import { presentedCredential } from '../identity/presented-credential.ts';
import { checkCredential } from './checks/check-credential.ts';
import { checkEndpoint } from './checks/check-endpoint.ts';
import { checkGrant } from './checks/check-grant.ts';
import { checkOrigin } from './checks/check-origin.ts';
import { checkQueryKey } from './checks/check-query-key.ts';
import { checkRequest } from './checks/check-request.ts';
import { checkTransport } from './checks/check-transport.ts';
import type { DecisionInput } from './decision-input.ts';
import type { PolicyView } from './policy-state.ts';
import type { Check, Denial, Facts, Refusal, Verdict } from './verdict.ts';

/** The order is the policy: the first refusal wins. */
const checks: readonly Check[] = [
  checkRequest, //    400: did NGINX say what this is about?
  checkOrigin, //     403: may a page of that origin use the browser's reach?
  checkQueryKey, //   400: is a key in the URL admitted here?
  checkCredential, // 400, 401: who is it?
  checkEndpoint, //   404: is there such an endpoint? (told only to those with a good key)
  checkGrant, //      403: may they use it?
  checkTransport, //  404: does it speak what they speak?
];

/** A browser sends a preflight without credentials, and only to learn whether it may send them. */
const preflightChecks: readonly Check[] = [checkRequest, checkOrigin];

/**
 * Limits are not part of it: they are charged when the verdict is to allow.
 * `now` in Unix milliseconds.
 */
export function decide(
  input: DecisionInput,
  policy: PolicyView,
  publicOrigin: string,
  now: number,
): Verdict {
  const facts = look(input, policy, publicOrigin, now);
  const preflight = isPreflight(facts);
  const refusal = firstRefusal(facts, preflight ? preflightChecks : checks);
  return refusal ? deny(refusal, facts) : allow(facts, preflight);
}

/** Why a request of these facts is refused; undefined = limits aside, it passes. */
export function firstRefusal(facts: Facts, inOrder = checks): Refusal | undefined {
  for (const check of inOrder) {
    const refusal = check(facts);
    if (refusal) return refusal;
  }
  return undefined;
}

function look(input: DecisionInput, policy: PolicyView, publicOrigin: string, now: number): Facts {
  const endpoint = policy.endpointAt(input.endpointPath);
  const credential = presentedCredential({
    authorization: input.authorization,
    apiKey: input.apiKey,
    queryKey: input.queryKey,
  });
  const takesKeys = endpoint?.auth.includes('key') ?? true;
  const identity = takesKeys
    ? identify(credential, policy.keys.bySecret, now)
    : ({ kind: 'anonymous' } as const);
  return { input, endpoint, identity, publicOrigin };
}

function isPreflight({ input, endpoint }: Facts): boolean {
  return input.httpMethod === 'OPTIONS' && input.origin !== '' && endpoint?.enabled === true;
}

function allow({ input, endpoint, identity }: Facts, preflight: boolean): Verdict {
  if (!endpoint) throw new Error('unreachable: checkEndpoint lets no unknown endpoint pass');
  const key = identity.kind === 'key' && !preflight ? identity : undefined;
  return {
    outcome: 'allow',
    endpoint,
    principal: key?.key.policy.principal ?? anonymousPrincipal(input.clientIp),
    key: key?.key,
    secret: key?.secret,
    keyExpiresAt: key?.expiresAt,
    preflight,
  };
}

function deny(refusal: Refusal, { endpoint, identity }: Facts): Denial {
  const key =
    identity.kind === 'key'
      ? identity.key.policy
      : identity.kind === 'refused'
        ? identity.key
        : undefined;
  return { outcome: 'deny', ...refusal, endpoint, key };
}
