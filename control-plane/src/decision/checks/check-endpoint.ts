/** 404: nothing is here. Comes after the credential, so that strangers can't find out what is. */
import type { Check } from '../verdict.ts';

export const checkEndpoint: Check = ({ input, endpoint }) => {
  if (!endpoint) {
    return {
      reason: 'endpoint_not_found',
      message: `There is no endpoint "${input.endpointPath}". Its path is case-sensitive.`,
    };
  }
  if (endpoint.enabled) return undefined;
  return {
    reason: 'endpoint_disabled',
    message: `The endpoint "${input.endpointPath}" is switched off.`,
  };
};
