/** Guarantees to clients of HTTP+SSE: what they are refused over HTTP, and what on their stream. */
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { verifyDecision } from '@sluice/contract/decision';
import {
  ask,
  createSampleGate,
  type SampleAnswer,
  type SampleGate,
} from '../testing/sample-gate.ts';
import {
  decisionKey,
  fullChange,
  NOW,
  sampleEndpoint,
  sampleKey,
} from '../testing/sample-policy.ts';

let gate: SampleGate;
beforeEach(() => {
  gate = createSampleGate();
});

const MESSAGE = { 'x-sluice-route': 'message', 'mcp-session-id': 'sealed' };

function claimsOf(answer: SampleAnswer, endpoint: string) {
  const binding = { requestId: 'request-1', endpoint, route: 'message', httpMethod: 'POST' };
  const header = answer.headers.get('x-sluice-decision');
  const verified = verifyDecision(decisionKey, header, binding, NOW);
  assert.ok(verified.ok);
  return verified.claims;
}

it('a message over a limit passes NGINX, signed as refused, and is on record', () => {
  const endpoint = { 'x-sluice-endpoint': 'limited' };
  for (let round = 0; round < 2; round += 1) {
    assert.equal(claimsOf(ask(gate, { ...MESSAGE, ...endpoint }), 'limited').refused, undefined);
  }
  const answer = ask(gate, { ...MESSAGE, ...endpoint });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get('x-sluice-reason'), 'limit_exceeded');
  assert.match(answer.headers.get('ratelimit') ?? '', /"two";r=0/);
  const { principal, authenticated, key, refused } = claimsOf(answer, 'limited');
  assert.deepEqual([principal, authenticated, key], ['alice', true, 'alice']);
  assert.equal(refused?.reason, 'limit_exceeded');
  assert.match(refused?.message ?? '', /"two"/);
  assert.ok((refused?.retryAfterSeconds ?? 0) > 0);
  const [record] = gate.denials.drain();
  assert.deepEqual([record?.reason, record?.httpStatus], ['limit_exceeded', 429]);
});

it('the same limit refuses the other routes over HTTP', () => {
  const endpoint = { 'x-sluice-endpoint': 'limited', 'mcp-session-id': 'sealed' };
  for (let round = 0; round < 2; round += 1) ask(gate, endpoint);
  assert.equal(ask(gate, endpoint).headers.get('x-sluice-status'), '429');
});

it('a message of a key that lost the endpoint passes NGINX, signed as refused', () => {
  gate.policy.apply(
    fullChange({
      endpoints: [sampleEndpoint('dev')],
      keys: [sampleKey('alice', { endpoints: [] })],
    }),
  );
  const answer = ask(gate, MESSAGE);
  assert.equal(answer.status, 204);
  assert.equal(claimsOf(answer, 'dev').refused?.reason, 'endpoint_not_granted');
});

it('a bad key or a foreign page is refused over HTTP, on a message too', () => {
  assert.equal(ask(gate, { ...MESSAGE, 'x-api-key': 'wrong' }).status, 401);
  assert.equal(ask(gate, { ...MESSAGE, 'x-api-key': '' }).status, 401);
  assert.equal(ask(gate, { ...MESSAGE, origin: 'https://evil.example' }).status, 403);
});

it('an endpoint is reached only by the transports it offers', () => {
  gate.policy.apply(
    fullChange({
      endpoints: [
        sampleEndpoint('dev', { transports: ['streamable-http'] }),
        sampleEndpoint('old', { transports: ['sse'] }),
      ],
      keys: [sampleKey('alice')],
    }),
  );
  const reasonOf = (endpoint: string, route: string, method = 'POST') =>
    ask(gate, {
      'x-sluice-endpoint': endpoint,
      'x-sluice-route': route,
      'x-sluice-method': method,
    }).headers.get('x-sluice-reason');
  assert.equal(reasonOf('dev', 'mcp'), undefined);
  assert.equal(reasonOf('dev', 'sse', 'GET'), 'transport_not_offered');
  assert.equal(reasonOf('dev', 'message'), 'transport_not_offered');
  assert.equal(reasonOf('old', 'mcp'), 'transport_not_offered');
  assert.equal(reasonOf('old', 'sse', 'GET'), undefined);
  assert.equal(reasonOf('old', 'elsewhere'), 'bad_request');
});
