/** 400: a key in a URL ends up in logs and histories, so an endpoint must allow it. */
import type { Check } from '../verdict.ts';

export const checkQueryKey: Check = ({ input, endpoint }) => {
  // Also for unknown paths, so that this refusal does not tell which exist.
  if (input.queryKey === '' || endpoint?.queryKey) return undefined;
  return {
    reason: 'query_credential_refused',
    message:
      'This endpoint takes no key in the URL. Send "Authorization: Bearer <key>" or ' +
      '"X-API-Key: <key>"; the key in the URL may have been logged on its way, so rotate it.',
  };
};
