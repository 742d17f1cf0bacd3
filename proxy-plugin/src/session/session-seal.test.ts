import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { newSessionId, openSession, type Session, sealSession } from './session-seal.ts';

const KEY = randomBytes(32);

function sampleSession(some: Partial<Session> = {}): Session {
  return {
    id: newSessionId(),
    principal: 'alice@example.com',
    authenticated: true,
    endpoint: 'default',
    revision: '2025-11-25',
    profile: '{}',
    expiresAt: 1_900_000_000_000,
    ...some,
  };
}

describe('a sealed session id', () => {
  it('opens to the session it was made of, on any replica with the key', () => {
    for (const session of [
      sampleSession(),
      sampleSession({ authenticated: false, principal: 'ü' }),
    ]) {
      assert.deepEqual(openSession(KEY, sealSession(KEY, 'b2', session)), session);
    }
  });

  it('fits a header: visible ASCII, under 1 kB with the longest names', () => {
    const longest = sampleSession({ principal: 'p'.repeat(200), endpoint: 'e'.repeat(64) });
    const id = sealSession(KEY, 'replica', longest);
    assert.match(id, /^replica\.[A-Za-z0-9_-]+$/);
    assert.ok(id.length < 1024, `${id.length} bytes`);
  });

  it('shows nothing of what is in it, and is another one each time', () => {
    const session = sampleSession();
    const id = sealSession(KEY, 'a', session);
    assert.doesNotMatch(Buffer.from(id.slice(2), 'base64url').toString('latin1'), /alice|default/);
    assert.notEqual(id, sealSession(KEY, 'a', session));
  });

  it('does not open with any one bit flipped', () => {
    const id = sealSession(KEY, 'a', sampleSession());
    const bytes = Buffer.from(id.slice(2), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(openSession(KEY, `a.${flipped.toString('base64url')}`), undefined);
    }
  });

  it('does not open with another replica tag, another key, or in another spelling', () => {
    const id = sealSession(KEY, 'a', sampleSession());
    assert.equal(openSession(KEY, `b${id.slice(1)}`), undefined);
    assert.equal(openSession(randomBytes(32), id), undefined);
    assert.equal(openSession(KEY, `${id}=`), undefined);
    assert.equal(openSession(KEY, `${id}\n`), undefined);
  });

  it('is not taken for one whatever else it is', () => {
    for (const id of ['', '.', 'a.', 'a', `a.${'A'.repeat(10)}`, `a.${'A'.repeat(5_000)}`, 'é.ü']) {
      assert.equal(openSession(KEY, id), undefined, id);
    }
  });
});
