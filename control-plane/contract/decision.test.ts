import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  type DecisionBinding,
  type DecisionClaims,
  signDecision,
  verifyDecision,
} from './decision.ts';

const key = createSecretKey(randomBytes(32));
const to: DecisionBinding = {
  requestId: '0123456789abcdef0123456789abcdef',
  endpoint: 'dev',
  route: 'mcp',
  httpMethod: 'POST',
};
const claims: DecisionClaims = {
  principal: 'älice',
  authenticated: true,
  key: 'alice',
  version: 7,
  ruleSet: 'r1',
  expiresAt: 60_000,
  ask: true,
  limitHeaders: { 'x-team': 'a' },
};

describe('the decision header', () => {
  it('brings the claims over as they were', () => {
    const header = signDecision(key, claims, to);
    assert.match(header, /^[\w-]+\.[\w-]{43}$/);
    assert.deepEqual(verifyDecision(key, header, to, 59_999), { ok: true, claims });
  });

  it('is refused with any one bit flipped', () => {
    const header = signDecision(key, claims, to);
    for (let bit = 0; bit < header.length * 8; bit++) {
      const bytes = Buffer.from(header, 'latin1');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const verified = verifyDecision(key, bytes.toString('latin1'), to, 0);
      assert.deepEqual(verified, { ok: false, reason: 'forged' }, `bit ${bit}`);
    }
  });

  it('is refused with anything added or cut off', () => {
    const header = signDecision(key, claims, to);
    const [payload = '', signature = ''] = header.split('.');
    for (const forged of [
      `${header}=`,
      `${header} `,
      ` ${header}`,
      `${header}.${signature}`,
      header.slice(0, -1),
      payload,
      `${payload}.`,
      `.${signature}`,
      '.',
      'x',
    ]) {
      assert.deepEqual(verifyDecision(key, forged, to, 0), { ok: false, reason: 'forged' }, forged);
    }
  });

  it('is worth nothing for another request, endpoint, route or method', () => {
    const header = signDecision(key, claims, to);
    for (const other of [
      { ...to, requestId: 'fedcba9876543210fedcba9876543210' },
      { ...to, endpoint: 'Dev' },
      { ...to, route: 'api' },
      { ...to, httpMethod: 'GET' },
    ]) {
      assert.deepEqual(verifyDecision(key, header, other, 0), { ok: false, reason: 'forged' });
    }
  });

  it('is worth nothing under another key, from its expiry on, or when absent', () => {
    const header = signDecision(key, claims, to);
    const otherKey = createSecretKey(randomBytes(32));
    assert.deepEqual(verifyDecision(otherKey, header, to, 0), { ok: false, reason: 'forged' });
    assert.deepEqual(verifyDecision(key, header, to, 60_000), { ok: false, reason: 'expired' });
    for (const absent of [undefined, '']) {
      assert.deepEqual(verifyDecision(key, absent, to, 0), { ok: false, reason: 'absent' });
    }
  });
});
