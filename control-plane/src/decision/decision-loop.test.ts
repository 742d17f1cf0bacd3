/** Guarantees of a decision from end to end: what NGINX gets, and what is noted. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { verifyDecision } from '@sluice/contract/decision';
import { ask, claimsOf, createSampleGate, type SampleGate } from '../testing/sample-gate.ts';
import { decisionKey, NOW } from '../testing/sample-policy.ts';
import { OPEN_RULE_SET } from './rule-set-id.ts';

let gate: SampleGate;
beforeEach(() => {
  gate = createSampleGate();
});
const decide = (headers: Record<string, string> = {}) => ask(gate, headers);

describe('an allowed request', () => {
  it('is 204 with claims under a signature bound to it', () => {
    const answer = decide();
    assert.equal(answer.status, 204);
    const { secret, ruleSet, ...claims } = claimsOf(answer);
    assert.equal(ruleSet, OPEN_RULE_SET);
    assert.match(secret ?? '', /^[\w-]{12}$/);
    assert.deepEqual(claims, {
      principal: 'alice',
      authenticated: true,
      key: 'alice',
      version: 1,
      expiresAt: NOW + 60_000,
      keyExpiresAt: NOW + 1000,
      ask: false,
    });
    const other = { requestId: 'request-2', endpoint: 'dev', route: 'mcp', httpMethod: 'POST' };
    const header = answer.headers.get('x-sluice-decision');
    assert.equal(verifyDecision(decisionKey, header, other, NOW).ok, false);
  });

  it('carries the headers that call limits count by, only where there are such limits', () => {
    const team = { 'x-team': 'red' };
    assert.deepEqual(
      claimsOf(decide({ ...team, 'x-sluice-endpoint': 'asked' }), 'asked').limitHeaders,
      team,
    );
    assert.equal(claimsOf(decide({ 'x-sluice-endpoint': 'asked' }), 'asked').ask, true);
    assert.equal(claimsOf(decide(team)).limitHeaders, undefined);
  });

  it('of an open endpoint is not authenticated and has no key', () => {
    const claims = claimsOf(decide({ 'x-sluice-endpoint': 'open' }), 'open');
    assert.deepEqual(
      [claims.authenticated, claims.key, claims.principal],
      [false, undefined, 'ip:192.0.2.1'],
    );
  });

  it('names its principal for the log in printable ASCII', () => {
    const answer = decide({ 'x-api-key': 'secret-of-bob' });
    assert.equal(answer.headers.get('x-sluice-principal'), 'B%C3%B3b');
    assert.equal(claimsOf(answer).principal, 'Bób');
  });

  it('is counted and marks its key as used', () => {
    decide();
    assert.equal(gate.counters.values()['sluice_decisions_total{outcome="allow",reason=""}'], 1);
    assert.deepEqual(gate.keyUsage.drain(), { alice: NOW });
    assert.equal(gate.keyUsage.drain(), undefined);
  });
});

describe('a refused request', () => {
  it('is 401 with a challenge that names an error only if a key was sent', () => {
    const missing = decide({ 'x-api-key': '' });
    assert.equal(missing.status, 401);
    assert.equal(missing.headers.get('www-authenticate'), 'Bearer realm="dev"');
    const wrong = decide({ 'x-api-key': 'wrong' });
    assert.equal(
      wrong.headers.get('www-authenticate'),
      'Bearer realm="dev", error="invalid_token"',
    );
    assert.equal(wrong.headers.get('x-sluice-status'), '401');
  });

  it('is 403 with the real status and a JSON-RPC error without id, in ASCII', () => {
    const answer = decide({ 'x-sluice-endpoint': 'unknown' });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('x-sluice-status'), '404');
    assert.equal(answer.headers.get('content-length'), '0');
    assert.equal(answer.headers.get('www-authenticate'), undefined);
    assert.deepEqual(
      [answer.error.code, answer.error.data],
      [404, { reason: 'endpoint_not_found', requestId: 'request-1' }],
    );
    for (const value of answer.headers.values()) assert.match(value, /^[\x20-\x7e]*$/);
  });

  it('never repeats the key that was sent', () => {
    for (const secret of ['mm_notakeyatall', 'canary-0123456789', 'canary 1', 'secret-of-nobody']) {
      const { headers } = decide({ 'x-api-key': secret });
      assert.ok(![...headers.values()].some((value) => value.includes(secret)));
      assert.ok(!JSON.stringify(gate.denials.drain()).includes(secret));
    }
  });

  it('can be read by a page of an allowed origin, and by no other', () => {
    const cors = (origin: string) =>
      decide({ origin, 'x-api-key': '' }).headers.get('x-sluice-cors-origin');
    assert.equal(cors('https://app.example.com'), 'https://app.example.com');
    assert.equal(cors('https://evil.example'), undefined);
  });

  it('is recorded under the principal that the same address has when it is allowed', () => {
    const address = { 'x-sluice-client-ip': '2001:db8:1:2:3::4' };
    const allowed = claimsOf(decide({ ...address, 'x-sluice-endpoint': 'open' }), 'open');
    decide({ ...address, 'x-api-key': '' });
    const [denied] = gate.denials.drain();
    assert.equal(denied?.principal, allowed.principal);
    assert.equal(denied?.clientIp, '2001:db8:1:2:3::4');
  });

  it('is recorded, like ones together', () => {
    for (let round = 0; round < 3; round += 1)
      decide({ 'x-api-key': 'wrong', 'mcp-method': 'tools/call' });
    decide({ 'x-sluice-endpoint': 'unknown' });
    const [wrong, unknown] = gate.denials.drain();
    assert.deepEqual(
      [
        wrong?.count,
        wrong?.reason,
        wrong?.principal,
        wrong?.key,
        wrong?.method,
        wrong?.httpStatus,
        wrong?.write,
      ],
      [3, 'invalid_credential', 'ip:192.0.2.1', undefined, 'tools/call', 401, true],
    );
    assert.deepEqual([unknown?.endpoint, unknown?.key, unknown?.sequence], ['unknown', 'alice', 2]);
  });
});
