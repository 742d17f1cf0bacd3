/** Subscriptions of sessions: theirs alone, bounded, and over when nobody listens any more. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OpenStream } from '../streams/open-streams.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import { encodeNotification } from '../upstream/transport.ts';
import { Subscriptions, type Wish } from './subscriptions.ts';

const PATIENCE_MS = 40;

function start() {
  const streams = new Map<string, OpenStream>();
  const news = new Map<string, (uri: string) => void>();
  const ended: string[] = [];
  const unheard: string[] = [];
  const readable = new Set(['s', 't']);
  const subscriptions = new Subscriptions({
    streamOf: (session) => streams.get(session),
    visibleUri: ({ session }, { server }, uri) =>
      readable.has(session) ? `${server}+${uri}` : undefined,
    endedUnheard: (session) => unheard.push(session),
    patienceMs: PATIENCE_MS,
    now: () => Date.now(),
  });
  const wishOf = (session: string, uri: string, some: Partial<Wish> = {}): Wish => {
    const wish = { session, principal: 'alice', visibleUri: `files+${uri}`, server: 'files' };
    return { ...wish, name: uri, ...some };
  };
  const add = (wish: Wish) =>
    subscriptions.add(wish, async (updated) => {
      const name = `${wish.session} ${wish.name}`;
      const message = (uri: string) =>
        encodeNotification('notifications/resources/updated', { uri, x: 1 });
      news.set(name, (uri) => updated(uri, message(uri)));
      return () => ended.push(name);
    });
  const listen = (session: string): string[] => {
    const heard: string[] = [];
    const claims = { principal: 'alice', authenticated: true, version: 1, ruleSet: 'open' };
    const stream: OpenStream = {
      claims: { ...claims, expiresAt: 0, ask: false },
      endpoint: 'default',
      session,
      kind: 'session',
      notify: (message) => heard.push(JSON.stringify(JSON.parse(message.toString()).params)),
      close() {},
      keepAlive() {},
    };
    streams.set(session, stream);
    subscriptions.joined(stream);
    return heard;
  };
  return {
    subscriptions,
    streams,
    ended,
    unheard,
    readable,
    wishOf,
    add,
    listen,
    tell: (name: string, uri: string) => news.get(name)?.(uri),
    [Symbol.dispose]: () => subscriptions.close(),
  };
}

describe('subscriptions', () => {
  it('tell the session of what it subscribed to, under the visible URI', async () => {
    using test = start();
    const [heard, other] = [test.listen('s'), test.listen('t')];
    await test.add(test.wishOf('s', 'a:1'));
    test.tell('s a:1', 'a:1');
    test.tell('s a:1', 'a:1/part');
    assert.deepEqual(heard, ['{"uri":"files+a:1","x":1}', '{"uri":"files+a:1/part","x":1}']);
    assert.deepEqual(other, []);
  });

  it('tell a session that was away once that there was news', async () => {
    using test = start();
    await test.add(test.wishOf('s', 'a:1'));
    await test.add(test.wishOf('s', 'a:2'));
    for (let i = 0; i < 5; i += 1) test.tell('s a:1', 'a:1');
    assert.deepEqual(test.listen('s'), ['{"uri":"files+a:1"}']);
    assert.deepEqual(test.listen('s'), []);
  });

  it('tell nothing of what the principal may not read any more', async () => {
    using test = start();
    const heard = test.listen('s');
    await test.add(test.wishOf('s', 'a:1'));
    test.readable.clear();
    test.tell('s a:1', 'a:1');
    test.streams.clear();
    test.tell('s a:1', 'a:1');
    assert.deepEqual([heard, test.listen('s')], [[], []]);
  });

  it('end one by one, or all with their session; the same again takes the place of the first', async () => {
    using test = start();
    for (const uri of ['a:1', 'a:2', 'a:3', 'a:1']) await test.add(test.wishOf('s', uri));
    assert.deepEqual([test.ended, test.subscriptions.size], [['s a:1'], 3]);
    test.subscriptions.remove('s', 'files+a:2');
    test.subscriptions.remove('s', 'files+a:2');
    test.subscriptions.remove('t', 'files+a:1');
    test.subscriptions.end('s');
    assert.deepEqual([...test.ended].sort(), ['s a:1', 's a:1', 's a:2', 's a:3']);
    assert.equal(test.subscriptions.size, 0);
  });

  it('that begin while their session ends are ended at once', async () => {
    using test = start();
    const adding = test.add(test.wishOf('s', 'a:1'));
    test.subscriptions.end('s');
    await adding;
    assert.deepEqual([test.ended, test.subscriptions.size], [['s a:1'], 0]);
  });

  it('that can’t begin leave nothing behind', async () => {
    using test = start();
    const refused = test.subscriptions.add(test.wishOf('s', 'a:1'), () =>
      Promise.reject(new Error('no')),
    );
    await assert.rejects(refused, /no/);
    assert.equal(test.subscriptions.size, 0);
  });

  it('end when their session has no stream for a while, and not before', async () => {
    using test = start();
    test.listen('t');
    await test.add(test.wishOf('s', 'a:1'));
    await test.add(test.wishOf('t', 'a:1'));
    await eventually('the end', () => test.ended.length > 0);
    assert.deepEqual([test.ended, test.unheard, test.subscriptions.size], [['s a:1'], ['s'], 1]);
    test.streams.clear();
    await eventually('the other’s end', () => test.ended.length === 2);
  });

  it('end with their server, whatever comes after it under its name', async () => {
    using test = start();
    test.listen('s');
    await test.add(test.wishOf('s', 'a:1'));
    await test.add(test.wishOf('t', 'a:1'));
    await test.add(test.wishOf('t', 'a:2', { server: 'other', visibleUri: 'other+a:2' }));
    test.subscriptions.endServer('files');
    assert.deepEqual([...test.ended].sort(), ['s a:1', 't a:1']);
    assert.deepEqual([test.unheard, test.subscriptions.size], [['t'], 1]);
  });

  it('are bounded for each principal and for each server', async () => {
    using test = start();
    const many = (count: number, principal: string) =>
      Promise.all(
        Array.from({ length: count }, (_, i) =>
          test.add(test.wishOf(`session ${i % 7} of ${principal}`, `a:${i}`, { principal })),
        ),
      );
    assert.deepEqual(new Set(await many(1_000, 'p')), new Set([undefined]));
    const [refusal] = await many(1, 'p');
    assert.equal(refusal?.reason, 'limit_exceeded');
    assert.match(refusal?.message ?? '', /You have 1000 subscriptions/);
    for (let i = 1; i < 10; i += 1) await many(1_000, `p${i}`);
    const [full] = await many(1, 'q');
    assert.match(full?.message ?? '', /Server "files" has 10000 subscriptions/);
    test.subscriptions.end('session 0 of p');
    assert.deepEqual(await many(1, 'q'), [undefined]);
  });
});
