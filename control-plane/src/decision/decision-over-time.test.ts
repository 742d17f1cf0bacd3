/** Guarantees of a decision about limits, bad keys, and a policy that changes. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ask, createSampleGate, type SampleGate } from '../testing/sample-gate.ts';
import { sampleKey } from '../testing/sample-policy.ts';

let gate: SampleGate;
beforeEach(() => {
  gate = createSampleGate();
});
const decide = (headers: Record<string, string> = {}) => ask(gate, headers);

describe('a request limit', () => {
  const limited = { 'x-sluice-endpoint': 'limited' };
  const session = { ...limited, 'mcp-session-id': 's' };

  it('is charged for each POST and for nothing else', () => {
    for (let round = 0; round < 5; round += 1) {
      assert.equal(decide({ ...session, 'x-sluice-method': 'GET' }).status, 204);
    }
    assert.equal(decide(session).headers.get('ratelimit'), '"two";r=1;t=60');
    assert.equal(decide(session).headers.get('ratelimit-policy'), '"two";q=1;w=60');
    assert.equal(decide(session).status, 403);
  });

  it('refuses as 429, and before a session exists as 503, with Retry-After', () => {
    decide(session);
    decide(session);
    const statusOf = (headers: Record<string, string>) => {
      const answer = decide({ ...limited, ...headers });
      assert.equal(answer.headers.get('retry-after'), '60');
      assert.equal(answer.error.code, Number(answer.headers.get('x-sluice-status')));
      return answer.headers.get('x-sluice-status');
    };
    assert.equal(statusOf({ 'mcp-session-id': 's' }), '429');
    assert.equal(statusOf({}), '503');
    assert.equal(statusOf({ 'mcp-protocol-version': '2025-06-18' }), '503');
    assert.equal(statusOf({ 'mcp-protocol-version': '2026-07-28' }), '429');
    assert.equal(
      statusOf({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' }),
      '503',
    );
  });

  it('is not charged by a request that is refused for another reason', () => {
    for (let round = 0; round < 5; round += 1) decide({ ...session, 'x-api-key': 'wrong' });
    assert.equal(decide(session).headers.get('ratelimit'), '"two";r=1;t=60');
  });
});

describe('too many bad keys from one address', () => {
  const bad = { 'x-api-key': 'wrong', 'mcp-session-id': 's' };
  const exhaust = () => {
    for (let round = 0; round < 20; round += 1) assert.equal(decide(bad).status, 401);
  };

  it('are answered 429 with Retry-After, until some time has passed', () => {
    exhaust();
    const answer = decide(bad);
    assert.deepEqual(
      [answer.status, answer.headers.get('x-sluice-status'), answer.headers.get('retry-after')],
      [403, '429', '3'],
    );
    assert.equal(answer.headers.get('x-sluice-reason'), 'too_many_failures');
    gate.time.now += 3_000;
    assert.equal(decide(bad).status, 401);
  });

  it('lock out neither a good key from the same address nor anybody elsewhere', () => {
    exhaust();
    assert.equal(decide().status, 204);
    assert.equal(decide({ ...bad, 'x-sluice-client-ip': '192.0.2.2' }).status, 401);
  });

  it('do not count requests without a key', () => {
    for (let round = 0; round < 50; round += 1)
      assert.equal(decide({ 'x-api-key': '' }).status, 401);
  });
});

it('a revoked key is refused on the next request', () => {
  assert.equal(decide().status, 204);
  gate.policy.apply({
    version: 2,
    full: false,
    keys: { alice: sampleKey('alice', { revoked: true }) },
  });
  assert.equal(decide().headers.get('x-sluice-reason'), 'revoked_credential');
});

it('a key that did not exist works on the request after it was created', () => {
  assert.equal(decide({ 'x-api-key': 'secret-of-carol' }).status, 401);
  gate.policy.apply({ version: 2, full: false, keys: { carol: sampleKey('carol') } });
  assert.equal(decide({ 'x-api-key': 'secret-of-carol' }).status, 204);
});

it('both secrets of a rotation share one quota', () => {
  const rotated = sampleKey('alice', {
    secrets: [...sampleKey('alice').secrets, ...sampleKey('next').secrets],
  });
  gate.policy.apply({ version: 2, full: false, keys: { alice: rotated } });
  const headers = { 'x-sluice-endpoint': 'limited', 'mcp-session-id': 's' };
  assert.equal(decide({ ...headers, 'x-api-key': 'secret-of-alice' }).status, 204);
  assert.equal(decide({ ...headers, 'x-api-key': 'secret-of-next' }).status, 204);
  assert.equal(decide({ ...headers, 'x-api-key': 'secret-of-alice' }).status, 403);
  assert.equal(decide({ ...headers, 'x-api-key': 'secret-of-next' }).status, 403);
});
