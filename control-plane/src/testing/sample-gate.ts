/** A whole decision loop for tests, with its clock in the test's hand. */
import assert from 'node:assert/strict';
import { type DecisionClaims, verifyDecision } from '@sluice/contract/decision';
import type { Answer } from '../decision/answer.ts';
import { createCounters } from '../decision/counters.ts';
import { createDecisionLoop } from '../decision/decision-loop.ts';
import { createDenialLog } from '../decision/denial-log.ts';
import { createFailedCredentials } from '../decision/failed-credentials.ts';
import { createKeyUsage } from '../decision/key-usage.ts';
import { createLimits } from '../limits/limits.ts';
import { createMemoryBuckets } from '../limits/memory-buckets.ts';
import {
  decisionKey,
  NOW,
  sampleEndpoint,
  sampleKey,
  sampleLimit,
  samplePolicy,
} from './sample-policy.ts';

/** Endpoints `dev`, `open`, `limited` (two requests), `asked` (a call limit); keys `alice` and `bob`. */
export function createSampleGate() {
  const time = { now: NOW };
  const policy = samplePolicy({
    endpoints: [
      sampleEndpoint('dev', { allowedOrigins: ['https://app.example.com'] }),
      sampleEndpoint('open', { auth: ['none'] }),
      sampleEndpoint('limited'),
      sampleEndpoint('asked'),
    ],
    keys: [
      sampleKey('alice', { expiresAt: NOW + 1000 }),
      sampleKey('bob', {
        principal: 'Bób',
        lineage: 'bob',
        rules: { allow: ['x/*'], deny: [], readOnly: false },
      }),
    ],
    limits: [
      sampleLimit('two', { endpoint: 'limited', rate: 1, periodSeconds: 60, burst: 2 }),
      sampleLimit('calls', { endpoint: 'asked', unit: 'call', per: 'header:x-team' }),
    ],
  });
  const clock = () => time.now;
  const counters = createCounters();
  const denials = createDenialLog({ source: 'test', now: clock, capacity: 100 });
  const keyUsage = createKeyUsage();
  const loop = createDecisionLoop({
    policy,
    limits: createLimits({
      index: policy.limits,
      buckets: createMemoryBuckets({ clock, capacity: 1_000 }),
      onExceeded: () => {},
    }),
    failures: createFailedCredentials(createMemoryBuckets({ clock, capacity: 1_000 })),
    denials,
    keyUsage,
    counters,
    decisionKey,
    publicOrigin: 'http://127.0.0.1:12008',
    limitHeaderNames: ['x-team'],
    now: clock,
  });
  return { loop, policy, denials, keyUsage, counters, time };
}

export type SampleGate = ReturnType<typeof createSampleGate>;

const REQUEST = {
  'x-sluice-endpoint': 'dev',
  'x-sluice-route': 'mcp',
  'x-sluice-method': 'POST',
  'x-sluice-client-ip': '192.0.2.1',
  'x-sluice-request-id': 'request-1',
  host: '127.0.0.1:12008',
  'x-api-key': 'secret-of-alice',
};

export interface SampleAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** The JSON-RPC error that the client would get, if it is refused. */
  readonly error: { readonly code: number; readonly data: Readonly<Record<string, unknown>> };
}

/** Asks as NGINX does for a POST of alice to `dev`, with `headers` in place of those. */
export function ask({ loop }: SampleGate, headers: Readonly<Record<string, string>>): SampleAnswer {
  let answer: Answer | undefined;
  loop({ ...REQUEST, ...headers }, (given) => {
    assert.equal(answer, undefined, 'answered once');
    answer = given;
  });
  assert.ok(answer, 'answered at once');
  const pairs = new Map<string, string>();
  for (let at = 0; at < answer.headers.length; at += 2) {
    pairs.set(answer.headers[at] ?? '', answer.headers[at + 1] ?? '');
  }
  return {
    status: answer.status,
    headers: pairs,
    error: JSON.parse(pairs.get('x-sluice-error') ?? 'null')?.error,
  };
}

export function claimsOf(answer: SampleAnswer, endpoint = 'dev'): DecisionClaims {
  const binding = { requestId: 'request-1', endpoint, route: 'mcp', httpMethod: 'POST' };
  const verified = verifyDecision(
    decisionKey,
    answer.headers.get('x-sluice-decision'),
    binding,
    NOW,
  );
  assert.ok(verified.ok);
  return verified.claims;
}
