/** Guarantees about what sidecars ask and report, over a real socket. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { encodeRawFrame } from '@sluice/contract/frames';
import { eventually } from '../testing/eventually.ts';
import { ask } from '../testing/sample-ask.ts';
import { openSampleChannel, type SampleChannel } from '../testing/sample-channel.ts';

let channel: SampleChannel;
beforeEach(async () => {
  channel = await openSampleChannel();
});
afterEach(() => channel.close());

describe('an ask', () => {
  it('charges every matching limit once, or none', async () => {
    const peer = await channel.welcomed();
    const answer = async (id: number, name: string) => {
      peer.send('ask', { ...ask, id, name });
      return peer.next('answer');
    };
    const allowed = await answer(1, 'search');
    assert.equal(allowed.allowed, true);
    assert.equal(allowed.rateLimit, '"calls";r=1;t=3600, "search";r=0;t=3600');
    const refused = await answer(2, 'search');
    assert.deepEqual(
      [refused.id, refused.reason, refused.retryAfterSeconds],
      [2, 'limit_exceeded', 3600],
    );
    assert.match(refused.message ?? '', /Limit "search" allows 1 call per hour/);
    assert.equal((await answer(3, 'list')).allowed, true);
    assert.match((await answer(4, 'list')).message ?? '', /Limit "calls"/);
  });

  it('about an endpoint that is gone is refused', async () => {
    const peer = await channel.welcomed();
    peer.send('ask', { ...ask, endpoint: 'gone' });
    const { allowed, reason } = await peer.next('answer');
    assert.deepEqual([allowed, reason], [false, 'unavailable']);
  });
});

describe('what a sidecar reports', () => {
  it('calls are confirmed when they are committed, and not before', async () => {
    const peer = await channel.welcomed();
    peer.send('calls', { batch: 7, records: [] });
    const batch = await eventually(() => channel.stored[0], 'a batch');
    assert.deepEqual(JSON.parse(batch.payload), { batch: 7, records: [] });
    assert.deepEqual(peer.waiting(), []);
    batch.settle(7);
    assert.deepEqual(await peer.next('stored'), { batch: 7 });
  });

  it('calls without a number are not confirmed, and the channel goes on', async () => {
    const peer = await channel.welcomed();
    peer.send('calls', { batch: 7, records: [] });
    (await eventually(() => channel.stored[0], 'a batch')).settle(undefined);
    peer.send('calls', { batch: 8, records: [] });
    (await eventually(() => channel.stored[1], 'a batch')).settle(8);
    assert.deepEqual(await peer.next('stored'), { batch: 8 });
  });

  it('lists and status are handed on as the bytes they are', async () => {
    const peer = await channel.welcomed();
    peer.socket.write(encodeRawFrame('lists', Buffer.from('{"not": "parsed')));
    peer.socket.write(encodeRawFrame('status', Buffer.from('{}')));
    await eventually(() => channel.handedOn.length === 2, 'both');
    assert.deepEqual(channel.handedOn, ['{"not": "parsed', '{}']);
  });
});

describe('a sync', () => {
  it('is done when every sidecar has answered, and tells the first error', async () => {
    const [one, other] = [await channel.welcomed('one'), await channel.welcomed('other')];
    const result = channel.syncs.start('github');
    const { id, server: name } = await one.next('sync');
    assert.equal(name, 'github');
    one.send('synced', { id, server: name });
    other.send('synced', {
      id: (await other.next('sync')).id,
      server: name,
      error: 'no such command',
    });
    assert.deepEqual(await result, { error: 'no such command' });
  });

  it('ends with an error when nobody answers, and at once when nobody is there', async () => {
    await assert.rejects(channel.syncs.start('github'), /No sidecar is connected/);
    await channel.welcomed();
    assert.match((await channel.syncs.start('github')).error ?? '', /did not answer/);
  });

  it('ends at once when the sidecar that was asked goes away', async () => {
    const peer = await channel.welcomed();
    const result = channel.syncs.start('github');
    await peer.next('sync');
    peer.socket.destroy();
    assert.match((await result).error ?? '', /went away/);
  });
});
