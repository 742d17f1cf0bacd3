/** Changes of lists: heard once, by those who see them, and also by those who were away. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VisibleView } from '../catalog/visible-view.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import { createListChanges } from './list-changes.ts';

type Fingerprints = VisibleView['fingerprints'];

function viewWith(fingerprints: Partial<Fingerprints>): VisibleView {
  const all = { tools: 't1', prompts: 'p1', resources: 'r1', ...fingerprints };
  return {
    pages: () => [],
    servers: new Set(),
    offer: () => ({ capabilities: { tools: {}, resources: {} }, instructions: '' }),
    fingerprints: all,
  };
}

function start() {
  const views = new Map<string, VisibleView>();
  const heard = new Map<string, string[]>();
  const listening: OpenStream[] = [];
  const changes = createListChanges({
    streams: { listening: () => listening },
    viewOf: ({ session }) => views.get(session),
  });
  const listen = (session: string) => {
    const methods: string[] = [];
    heard.set(session, methods);
    const stream: OpenStream = {
      claims: {
        principal: session,
        authenticated: true,
        version: 1,
        ruleSet: 'open',
        expiresAt: 0,
        ask: false,
      },
      endpoint: 'default',
      session,
      kind: 'session',
      notify: (message) => methods.push(JSON.parse(message.toString()).method),
      close() {},
      keepAlive() {},
    };
    listening.push(stream);
    changes.joined(stream);
  };
  return { changes, views, heard, listen };
}

it('many changes are one message for each kind, to those whose view they touch', async () => {
  const { changes, views, heard, listen } = start();
  for (const session of ['a', 'b']) {
    views.set(session, viewWith({}));
    changes.seen(session, viewWith({}));
    listen(session);
  }
  views.set('a', viewWith({ tools: 't2', resources: 'r2' }));
  for (let i = 0; i < 100; i += 1) changes.mayHaveChanged();
  await eventually('the messages', () => heard.get('a')?.length === 2);
  const [tools, resources] = heard.get('a') ?? [];
  assert.deepEqual(
    [tools, resources],
    ['notifications/tools/list_changed', 'notifications/resources/list_changed'],
  );
  assert.deepEqual(heard.get('b'), []);
  changes.close();
});

it('a session hears what changed between its opening and its stream, and nothing twice', () => {
  const { changes, views, heard, listen } = start();
  changes.seen('a', viewWith({}));
  views.set('a', viewWith({ prompts: 'p2' }));
  listen('a');
  assert.deepEqual(heard.get('a'), ['notifications/prompts/list_changed']);
  listen('a');
  assert.deepEqual(heard.get('a'), []);
});

it('a session that is back and not known here may have missed anything', () => {
  const { changes, views, heard, listen } = start();
  views.set('a', viewWith({}));
  const all = ['notifications/tools/list_changed', 'notifications/resources/list_changed'];
  listen('a');
  assert.deepEqual(heard.get('a'), all);
  listen('a');
  assert.deepEqual(heard.get('a'), []);
  changes.forget('a');
  listen('a');
  assert.deepEqual(heard.get('a'), all);
});

it('a session whose endpoint is gone hears nothing', () => {
  const { heard, listen } = start();
  listen('a');
  assert.deepEqual(heard.get('a'), []);
});
