/** Guarantees about who gets onto the framed socket, over a real socket. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { encodeRawFrame } from '@sluice/contract/frames';
import { eventually } from '../testing/eventually.ts';
import { ask } from '../testing/sample-ask.ts';
import { openSampleChannel, type SampleChannel } from '../testing/sample-channel.ts';
import { sampleKey } from '../testing/sample-policy.ts';

let channel: SampleChannel;
beforeEach(async () => {
  channel = await openSampleChannel();
});
afterEach(() => channel.close());

describe('the greeting', () => {
  it('gives a sidecar keys and the whole snapshot', async () => {
    const peer = await channel.open();
    peer.hello();
    const welcome = await peer.next('welcome');
    assert.deepEqual(
      [welcome.decisionKey, welcome.sessionKey, welcome.snapshot.version],
      ['d', 's', 1],
    );
    assert.deepEqual(Object.keys(welcome.snapshot.endpoints), ['dev']);
  });

  it('tells a sidecar that is new, and no other, what servers listed last', async () => {
    const lists = { tools: [], prompts: [], resources: [], templates: [], capabilities: {} };
    const known = { server: 'github', revision: 1, profile: '{}', lists };
    channel.knownLists.push(Buffer.from(JSON.stringify(known)));
    const fresh = await channel.open();
    fresh.hello({ version: 0 });
    assert.deepEqual(await fresh.next('lists'), known);
    const other = await channel.open();
    other.hello({ replica: 'other', version: 1 });
    await other.next('welcome');
    await other.next('revoke');
    assert.deepEqual(other.waiting(), []);
  });

  it('sends another protocol away with a message that says what to do', async () => {
    const peer = await channel.open();
    peer.hello({ protocol: 7 });
    assert.match((await peer.next('refuse')).message, /protocol 7.*same release/);
    await peer.closed();
    assert.equal(channel.sidecars.all().length, 0);
  });

  it('closes the streams of a sidecar that missed changes, and not of one that missed none', async () => {
    const current = await channel.open();
    current.hello({ version: 1 });
    await current.next('welcome');
    const late = await channel.open();
    late.hello({ replica: 'late', version: 99 });
    assert.deepEqual(await late.next('revoke'), { keys: ['*'], secrets: [] });
    assert.deepEqual(await current.next('revoke'), { keys: [], secrets: [] });
    assert.deepEqual(current.waiting(), []);
  });

  it('tells a sidecar what ended while its channel was down, for as long as its streams may live', async () => {
    const now = Date.now();
    await channel.publisher.publish({
      version: 2,
      full: false,
      keys: { bob: sampleKey('bob', { expiresAt: now }) },
    });
    channel.publisher.expire(now);
    const late = await channel.open();
    late.hello({ version: 2 });
    assert.deepEqual(await late.next('revoke'), { keys: ['bob'], secrets: [] });
    channel.publisher.expire(now + 60_000);
    const later = await channel.open();
    later.hello({ version: 2, replica: 'later' });
    assert.deepEqual(await later.next('revoke'), { keys: [], secrets: [] });
  });

  it('of the same replica takes the place of its former connection', async () => {
    const former = await channel.welcomed();
    await channel.welcomed();
    await former.closed();
    assert.equal(channel.sidecars.all().length, 1);
  });

  it('is all that a stranger can have: the socket is open to the group only', () => {
    assert.equal(statSync(channel.path).mode & 0o777, 0o660);
  });
});

describe('a hostile or broken peer', () => {
  const garbage: readonly [string, Buffer][] = [
    ['an oversized frame', Buffer.from([0xff, 0xff, 0xff, 0xff, 0])],
    ['an unknown type', Buffer.from([0, 0, 0, 1, 99])],
    ['an empty frame', Buffer.from([0, 0, 0, 0, 0])],
    ['no JSON', encodeRawFrame('hello', Buffer.from('{'))],
    ['something before hello', encodeRawFrame('ask', Buffer.from('{}'))],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ];
  for (const [what, bytes] of garbage) {
    it(`that sends ${what} is cut off, alone`, async () => {
      const good = await channel.welcomed();
      const bad = await channel.open();
      bad.socket.write(bytes);
      await bad.closed();
      good.send('ask', ask);
      assert.equal((await good.next('answer')).allowed, true);
    });
  }

  it('that sends what only we may send is cut off', async () => {
    const peer = await channel.welcomed();
    peer.socket.write(encodeRawFrame('welcome', Buffer.from('{}')));
    await peer.closed();
    await eventually(() => channel.sidecars.all().length === 0, 'it to be gone');
  });

  it('that sends its frames byte by byte is understood', async () => {
    const peer = await channel.open();
    const bytes = Buffer.from(
      JSON.stringify({ protocol: 1, replica: 'r', source: 's', pid: 1, version: 0 }),
    );
    for (const byte of encodeRawFrame('hello', bytes)) peer.socket.write(Buffer.of(byte));
    assert.equal((await peer.next('welcome')).protocol, 1);
  });
});
