import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { DecisionClaims } from '@sluice/contract/decision';
import { SESSION_LIFETIME_MS } from './session-seal.ts';
import { createSessions, type Sessions } from './sessions.ts';

const KEY = randomBytes(32);
const clock = { now: 1_000_000 };

function claimsOf(principal: string, authenticated = true): DecisionClaims {
  return { principal, authenticated, version: 1, ruleSet: 'open', expiresAt: 0, ask: false };
}

function startSessions(replica = 'a'): Sessions {
  const sessions = createSessions(replica, () => clock.now);
  sessions.useKey(KEY);
  return sessions;
}

const ALICE = claimsOf('alice');

describe('sessions', () => {
  it('are found by their principal on their endpoint, and by nobody else or elsewhere', () => {
    const sessions = startSessions();
    const { sealedId, session } = sessions.open(ALICE, 'default', '2025-11-25', '{}');
    assert.deepEqual(sessions.find(sealedId, ALICE, 'default'), session);
    assert.equal(sessions.find(sealedId, claimsOf('mallory'), 'default'), undefined);
    assert.equal(sessions.find(sealedId, claimsOf('alice', false), 'default'), undefined);
    assert.equal(sessions.find(sealedId, ALICE, 'admin'), undefined);
  });

  it('on an open endpoint belong to whoever has the id, from any address', () => {
    const sessions = startSessions();
    const here = claimsOf('ip:192.0.2.7', false);
    const { sealedId } = sessions.open(here, 'open', '2025-11-25', '{}');
    assert.ok(sessions.find(sealedId, claimsOf('ip:192.0.2.8', false), 'open'));
    assert.equal(sessions.find(sealedId, ALICE, 'open'), undefined);
  });

  it('go on after a restart and on another replica', () => {
    const { sealedId, session } = startSessions('a').open(ALICE, 'default', '2025-06-18', '{}');
    assert.deepEqual(startSessions('b').find(sealedId, ALICE, 'default'), session);
  });

  it('end when their client says so, and when they expire', () => {
    const sessions = startSessions();
    const ended = sessions.open(ALICE, 'default', '2025-11-25', '{}');
    const other = sessions.open(ALICE, 'default', '2025-11-25', '{}');
    sessions.end(ended.session);
    assert.equal(sessions.find(ended.sealedId, ALICE, 'default'), undefined);
    assert.ok(sessions.find(other.sealedId, ALICE, 'default'));
    clock.now += SESSION_LIFETIME_MS;
    assert.equal(sessions.find(other.sealedId, ALICE, 'default'), undefined);
  });

  it('end when the key of the installation is another one', () => {
    const sessions = startSessions();
    const { sealedId } = sessions.open(ALICE, 'default', '2025-11-25', '{}');
    assert.ok(sessions.find(sealedId, ALICE, 'default'));
    sessions.useKey(randomBytes(32));
    assert.equal(sessions.find(sealedId, ALICE, 'default'), undefined);
  });
});
