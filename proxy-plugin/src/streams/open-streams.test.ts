import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { DecisionClaims } from '@sluice/contract/decision';
import { createOpenStreams, type OpenStream } from './open-streams.ts';

interface WatchedStream extends OpenStream {
  readonly seen: { closed: number; keptAlive: number };
}

let lastSession = 0;

/** Of a session of its own. */
function stream(
  claims: Partial<DecisionClaims> = {},
  some: Partial<OpenStream> = {},
): WatchedStream {
  const seen = { closed: 0, keptAlive: 0 };
  lastSession += 1;
  return {
    claims: {
      principal: 'alice',
      authenticated: true,
      key: 'alice-key',
      version: 1,
      ruleSet: 'open',
      expiresAt: 0,
      ask: false,
      ...claims,
    },
    endpoint: 'default',
    session: `s${lastSession}`,
    kind: 'session',
    close() {
      seen.closed += 1;
    },
    keepAlive() {
      seen.keptAlive += 1;
    },
    seen,
    ...some,
  };
}

describe('open streams', () => {
  it('close with their key or their secret, once, and no others do', () => {
    const streams = createOpenStreams(Date.now);
    const current = stream({ secret: 'new' });
    const former = stream({ secret: 'old' });
    const bob = stream({ key: 'bob-key' });
    for (const one of [current, former, bob]) streams.add(one);
    streams.revoke([], ['old']);
    assert.deepEqual(
      [current, former, bob].map(({ seen }) => seen.closed),
      [0, 1, 0],
    );
    streams.revoke(['alice-key'], []);
    streams.revoke(['alice-key'], ['old']);
    assert.deepEqual(
      [current, former, bob].map(({ seen }) => seen.closed),
      [1, 1, 0],
    );
    streams.stop();
  });

  it('of every key close when revocations may have been missed; those without a key do not', () => {
    const streams = createOpenStreams(Date.now);
    const { key: _, ...nobody } = stream().claims;
    const open = { ...stream(), claims: nobody };
    const keyed = stream();
    streams.add(open);
    streams.add(keyed);
    streams.revoke(['*'], []);
    assert.deepEqual([keyed.seen.closed, open.seen.closed], [1, 0]);
    streams.stop();
  });

  it('are one for each session: a newer one closes the older, and outlives it', () => {
    const streams = createOpenStreams(Date.now);
    const [older, newer, other] = [stream(), stream(), stream()];
    const forgetOlder = streams.add(older);
    streams.add(other);
    streams.add({ ...stream({}, { kind: 'reply' }), session: older.session });
    const sameSession = { ...newer, session: older.session };
    streams.add(sameSession);
    assert.deepEqual([older.seen.closed, newer.seen.closed, other.seen.closed], [1, 0, 0]);
    forgetOlder();
    assert.equal(streams.ofSession(older.session), sameSession);
    assert.deepEqual(streams.listening(), [other, sameSession]);
    assert.deepEqual([streams.countOf('alice'), streams.sessions], [2, 2]);
    streams.stop();
  });

  it('are counted per principal as long as they are open; replies are not', () => {
    const streams = createOpenStreams(Date.now);
    const forget = streams.add(stream());
    streams.add(stream({ principal: 'bob' }));
    streams.add(stream({}, { kind: 'reply' }));
    assert.deepEqual([streams.countOf('alice'), streams.sessions], [1, 2]);
    forget();
    forget();
    assert.deepEqual([streams.countOf('alice'), streams.sessions], [0, 1]);
    streams.stop();
  });

  it('are kept alive every 15 s, and end with the expiry of their key or session', () => {
    mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_000_000 });
    const streams = createOpenStreams(Date.now);
    const lasting = stream();
    const ending = stream({ keyExpiresAt: 1_020_000 });
    streams.add(lasting);
    streams.add(ending);
    const last = stream({}, { expiresAt: 1_020_000 });
    streams.add(last);
    mock.timers.tick(16_000);
    assert.deepEqual([lasting.seen.keptAlive, ending.seen.keptAlive], [1, 1]);
    mock.timers.tick(5_000);
    assert.deepEqual(
      [lasting, ending, last].map(({ seen }) => seen.closed),
      [0, 1, 1],
    );
    mock.timers.tick(40_000);
    assert.deepEqual([lasting.seen.keptAlive, ending.seen.keptAlive], [4, 1]);
    streams.stop();
    mock.timers.reset();
  });
});
