import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DecisionClaims } from '@sluice/contract/decision';
import type { OpenStream } from '../streams/open-streams.ts';
import type { LogLevel } from '../upstream/log-level.ts';
import type { ServerNews } from '../upstream/upstream.ts';
import { tellSessions } from './server-news.ts';

const ALICE = { principal: 'alice', profile: '{}' };

/** The sessions that hear `news`, of those that listen. */
function heardBy(
  news: Partial<ServerNews>,
  levels: Readonly<Record<string, LogLevel>> = {},
  servers: readonly string[] = ['db'],
): string[] {
  const heard: string[] = [];
  const stream = (
    session: string,
    principal: string,
    more: Partial<OpenStream> = {},
  ): OpenStream => {
    const claims: DecisionClaims = {
      principal,
      authenticated: principal !== 'nobody',
      version: 1,
      ruleSet: 'open',
      expiresAt: 0,
      ask: false,
    };
    const notify = () => void heard.push(session);
    const where = { claims, session, endpoint: 'default', kind: 'session', profile: '{}' } as const;
    return { ...where, notify, close() {}, keepAlive() {}, ...more };
  };
  const listening = [
    stream('a1', 'alice'),
    stream('a2', 'alice'),
    stream('a3', 'alice', { profile: '{"roots":{}}' }),
    stream('b', 'bob'),
    stream('n', 'nobody'),
  ];
  const deps = {
    streams: { listening: () => listening },
    settings: { logLevel: (session: string) => levels[session] },
    viewOf: ({ session }: OpenStream) =>
      session === 'a2' ? undefined : { servers: new Set(servers) },
  };
  const all = { server: 'db', message: Buffer.from('{}'), audience: ALICE, ...news };
  assert.equal(tellSessions(deps, all), heard.length > 0);
  return heard;
}

describe('news of a server', () => {
  it('reach the principal’s sessions of the same capabilities whose place is still there', () => {
    assert.deepEqual(heardBy({}), ['a1']);
    assert.deepEqual(heardBy({ audience: { principal: 'bob', profile: '{}' } }), ['b']);
  });

  it('reach the one session that they are for, on an open endpoint too', () => {
    assert.deepEqual(heardBy({ audience: { session: 'a3' } }), ['a3']);
    assert.deepEqual(heardBy({ audience: { session: 'n' } }), ['n']);
    assert.deepEqual(heardBy({ audience: { principal: 'nobody', profile: '{}' } }), []);
  });

  it('stay away from sessions that see nothing of the server', () => {
    assert.deepEqual(heardBy({}, {}, ['another']), []);
  });

  it('of its log are heard from the level on that a session has set', () => {
    assert.deepEqual(heardBy({ logLevel: 'info' }, { a1: 'error' }), []);
    assert.deepEqual(heardBy({ logLevel: 'error' }, { a1: 'error' }), ['a1']);
    assert.deepEqual(heardBy({ logLevel: 'debug' }, { b: 'error' }), ['a1']);
  });
});
