/** The first step: the very checks of the decision loop, on a caller who is named instead of presented. */

import { firstRefusal } from '../decision/decide.ts';
import type { DecisionInput } from '../decision/decision-input.ts';
import type { EndpointPolicy, KeyPolicy } from '../decision/policy.ts';
import { type Identity, identityOf } from '../identity/identify.ts';
import { knownKey } from '../identity/known-keys.ts';
import type { ExplanationStep } from './explanation.ts';

export interface Caller {
  readonly endpointPath: string;
  readonly endpoint: EndpointPolicy | undefined;
  /** Undefined: without a key, or the endpoint takes none. */
  readonly key: KeyPolicy | undefined;
}

/** `now` in Unix milliseconds. */
export function explainAccess(caller: Caller, now: number): ExplanationStep {
  const { endpoint, key } = caller;
  const identity = key ? identityOfKey(key, now) : ANONYMOUS;
  const input = plainPost(caller);
  const refusal = firstRefusal({ input, endpoint, identity, publicOrigin: '' });
  if (refusal) return { step: 'access', outcome: 'refuse', ...refusal };
  const who = identity.kind === 'key' ? `the key "${key?.name}"` : 'a caller without a key';
  return {
    step: 'access',
    outcome: 'pass',
    message: `The endpoint "${endpoint?.name}" lets ${who} in.`,
  };
}

const ANONYMOUS: Identity = { kind: 'anonymous' };

/** As if with the current secret, which ends only with the key. */
function identityOfKey(policy: KeyPolicy, now: number): Identity {
  return identityOf({ key: knownKey(policy), id: '', expiresAt: undefined }, now);
}

/** Any that the endpoint offers: the rules are the same on all. */
const ROUTES = { 'streamable-http': 'mcp', sse: 'message', rest: 'api' } as const;

/** A request that no check of its form has anything against. */
function plainPost({ endpointPath, endpoint }: Caller): DecisionInput {
  const [transport = 'streamable-http'] = endpoint?.transports ?? [];
  return {
    endpointPath,
    route: ROUTES[transport],
    httpMethod: 'POST',
    clientIp: '127.0.0.1',
    requestId: 'explain',
    origin: '',
    host: '',
    authorization: '',
    apiKey: '',
    queryKey: '',
    sessionId: '',
    protocolVersion: '',
    method: '',
    name: '',
    limitHeaders: {},
    tool: '',
  };
}
