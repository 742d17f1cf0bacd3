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

export interface RequestVerifier {
  useKey(key: Buffer): void;
  /** The claims of a genuine decision, else why there are none. */
  verify(request: IncomingMessage, now: number): VerifiedRequest;
}

export type VerifiedRequest =
  | { readonly ok: true; readonly claims: DecisionClaims; readonly endpoint: string }
  | {
      readonly ok: false;
      readonly reason: 'decision_invalid' | 'unavailable';
      readonly message: string;
    };

export function createRequestVerifier(): RequestVerifier {
  let key: KeyObject | undefined;
  return {
    useKey(bytes) {
      key = createSecretKey(bytes);
    },
    verify(request, now) {
      if (!key) {
        const message = 'The gateway is starting: it has no configuration yet. Try again.';
        return { ok: false, reason: 'unavailable', message };
      }
      const { headers } = request;
      const endpoint = single(headers[ENDPOINT_HEADER]);
      const verified = verifyDecision(
        key,
        single(headers[DECISION_HEADER]),
        {
          requestId: single(headers[REQUEST_ID_HEADER]),
          endpoint,
          route: single(headers[ROUTE_HEADER]),
          httpMethod: request.method ?? '',
        },
        now,
      );
      if (verified.ok) return { ok: true, claims: verified.claims, endpoint };
      const message = `The decision of this request is ${verified.reason}. Requests must come through NGINX.`;
      return { ok: false, reason: 'decision_invalid', message };
    },
  };
}

function single(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
