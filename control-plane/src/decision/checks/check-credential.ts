/** 400, 401: a key that is presented must be good, and an endpoint that is not open wants one. */
import type { Check } from '../verdict.ts';

export const checkCredential: Check = ({ endpoint, identity }) => {
  switch (identity.kind) {
    case 'key':
      return undefined;
    // Not passed as anonymous on an open endpoint either: a typo must not change who one is.
    case 'refused':
      return { reason: identity.reason, message: identity.message };
    case 'anonymous':
      if (endpoint?.auth.includes('none')) return undefined;
      return {
        reason: 'missing_credential',
        message: 'Send an API key: "Authorization: Bearer <key>" or "X-API-Key: <key>".',
      };
  }
};
