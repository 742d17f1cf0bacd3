/** Guarantees about publishing a change, over a real socket. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSampleChannel, type SampleChannel } from '../testing/sample-channel.ts';
import { sampleKey } from '../testing/sample-policy.ts';

let channel: SampleChannel;
beforeEach(async () => {
  channel = await openSampleChannel();
});
afterEach(() => channel.close());

const revoked = { version: 2, full: false, keys: { alice: sampleKey('alice', { revoked: true }) } };
describe('a published change', () => {
  it('is applied when every sidecar has acknowledged it', async () => {
    const [one, other] = [await channel.welcomed('one'), await channel.welcomed('other')];
    const published = channel.publisher.publish(revoked);
    assert.equal((await one.next('change')).version, 2);
    one.send('acknowledge', { version: 2 });
    assert.equal((await other.next('change')).version, 2);
    other.send('acknowledge', { version: 2 });
    assert.deepEqual(await published, { applied: true });
  });

  it('is used by decisions at once and said to be unapplied after a second of silence', async () => {
    await channel.welcomed();
    const published = channel.publisher.publish(revoked);
    assert.equal(channel.policy.keys.byName('alice')?.revoked, true);
    assert.deepEqual(await published, { applied: false });
  });

  it('does not wait for a sidecar that went away, nor for none', async () => {
    const peer = await channel.welcomed();
    const published = channel.publisher.publish(revoked);
    peer.socket.destroy();
    assert.deepEqual(await published, { applied: true });
    assert.deepEqual(await channel.publisher.publish({ version: 3, full: false }), {
      applied: true,
    });
  });

  it('that revokes a key closes its streams, after the sidecar has the change', async () => {
    const peer = await channel.welcomed();
    void channel.publisher.publish(revoked);
    assert.deepEqual((await peer.next('revoke')).keys, ['alice']);
    assert.deepEqual(peer.waiting(), ['change']);
  });

  it('with an end in it closes the streams when that has come', async () => {
    const peer = await channel.welcomed();
    void channel.publisher.publish({
      version: 2,
      full: false,
      keys: { alice: sampleKey('alice', { expiresAt: 5_000 }) },
    });
    channel.publisher.expire(4_999);
    channel.publisher.expire(5_000);
    assert.deepEqual((await peer.next('revoke')).keys, ['alice']);
    assert.deepEqual(peer.waiting(), ['change']);
  });
});
