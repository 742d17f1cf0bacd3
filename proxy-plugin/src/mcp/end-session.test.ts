import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { DecisionClaims } from '@sluice/contract/decision';
import type { VisibleView } from '../catalog/visible-view.ts';
import { createSessionSettings } from '../session/session-settings.ts';
import { createSessions } from '../session/sessions.ts';
import { createOpenStreams, type OpenStream } from '../streams/open-streams.ts';
import { createResumableStreams } from '../streams/resumable-streams.ts';
import { endSession } from './end-session.ts';
import { createListChanges } from './list-changes.ts';
import { Subscriptions } from './subscriptions.ts';

const CLAIMS: DecisionClaims = {
  principal: 'alice',
  authenticated: true,
  version: 1,
  ruleSet: 'open',
  expiresAt: 0,
  ask: false,
};
const VIEW: VisibleView = {
  pages: () => [],
  servers: new Set(),
  offer: () => ({ capabilities: { tools: {} }, instructions: '' }),
  fingerprints: { tools: 't', prompts: 'p', resources: 'r' },
};

function start(ended: string[]) {
  const streams = createOpenStreams(Date.now);
  return {
    sessions: createSessions('a', Date.now),
    sessionSettings: createSessionSettings(),
    subscriptions: new Subscriptions({
      streamOf: streams.ofSession,
      visibleUri: (_, __, uri) => uri,
      endedUnheard() {},
      now: Date.now,
    }),
    streams,
    resumable: createResumableStreams(Date.now),
    listChanges: createListChanges({ streams, viewOf: () => VIEW }),
    upstreams: { endSession: (session: string) => void ended.push(session) },
  };
}

it('an ended session leaves nothing behind', async () => {
  const ended: string[] = [];
  const path = start(ended);
  path.sessions.useKey(Buffer.alloc(32));
  const { session, sealedId } = path.sessions.open(CLAIMS, 'default', '2025-11-25', '{}');
  const { id } = session;
  const heard: string[] = [];
  const stream: OpenStream = {
    claims: CLAIMS,
    endpoint: 'default',
    session: id,
    kind: 'session',
    notify: (message) => void heard.push(message.toString()),
    close: () => void heard.push('closed'),
    keepAlive() {},
  };
  path.sessionSettings.setLogLevel(id, 'debug');
  const wish = { session: id, principal: 'alice', visibleUri: 'a:1', server: 'files', name: 'a:1' };
  await path.subscriptions.add(wish, async () => () => void heard.push('unsubscribed'));
  path.streams.add(stream);
  path.resumable.open({ kind: 'session', session: id, revision: session.revision });
  path.listChanges.seen(id, VIEW);
  endSession(path, session);
  assert.equal(path.sessions.find(sealedId, CLAIMS, 'default'), undefined);
  assert.equal(path.sessionSettings.logLevel(id), undefined);
  assert.deepEqual(
    [path.subscriptions.size, path.streams.sessions, path.resumable.size],
    [0, 0, 0],
  );
  assert.deepEqual(heard, ['unsubscribed', 'closed']);
  assert.deepEqual(ended, [id]);
  path.listChanges.joined(stream);
  assert.match(heard.at(-1) ?? '', /tools\/list_changed/, 'what it saw is forgotten');
  for (const part of [path.subscriptions, path.listChanges]) part.close();
  for (const part of [path.streams, path.resumable]) part.stop();
});
