/** Believes nothing but a decision that is signed for this very request. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type DecisionClaims, verifyDecision } from '@sluice/contract/decision';
import {
  DECISION_HEADER,
  ENDPOINT_HEADER,
  REQUEST_ID_HEADER,
  ROUTE_HEADER,
} from '@sluice/contract/headers';
import type { Refusal } from '../mcp/exchange.ts';

export interface RequestVerifier {
  /** The HMAC key of decisions has arrived or changed. */
  useKey(key: Buffer): void;
  /** The claims of a genuine decision, else why there are none. `now` in Unix milliseconds. */
  verify(request: Pick<IncomingMessage, 'headers' | 'method'>, now: number): VerifiedRequest;
}

export type VerifiedRequest =
  | { readonly ok: true; readonly claims: DecisionClaims; readonly endpoint: string }
  | { readonly ok: false; readonly refusal: Refusal };

const NOT_READY: Refusal = {
  reason: 'unavailable',
  message: 'The gateway is starting: it has no configuration yet. Try again.',
  retryAfterSeconds: 1,
};

export function createRequestVerifier(): RequestVerifier {
  let key: KeyObject | undefined;
  return {
    useKey(bytes) {
      key = createSecretKey(bytes);
    },
    verify({ headers, method }, now) {
      if (!key) return { ok: false, refusal: NOT_READY };
      const endpoint = single(headers[ENDPOINT_HEADER]);
      const binding = {
        requestId: single(headers[REQUEST_ID_HEADER]),
        endpoint,
        route: single(headers[ROUTE_HEADER]),
        httpMethod: method ?? '',
      };
      const verified = verifyDecision(key, single(headers[DECISION_HEADER]), binding, now);
      if (verified.ok) return { ok: true, claims: verified.claims, endpoint };
      const message = `The decision of this request is ${verified.reason}. Requests must come through NGINX.`;
      return { ok: false, refusal: { reason: 'decision_invalid', message } };
    },
  };
}

function single(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
