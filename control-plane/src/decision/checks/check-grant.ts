/** 403: a key reaches only the endpoints it was issued for. */
import type { Check } from '../verdict.ts';

export const checkGrant: Check = ({ input, endpoint, identity }) => {
  if (identity.kind !== 'key' || !endpoint) return undefined;
  const { grants, policy } = identity.key;
  if (!grants || grants.has(endpoint.name)) return undefined;
  return {
    reason: 'endpoint_not_granted',
    message: `The key "${policy.name}" is good, but not for the endpoint "${input.endpointPath}".`,
  };
};
