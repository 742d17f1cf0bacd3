import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import {
  CHANNEL_DOWN_CLOSES_STREAMS_MS,
  encodeFrame,
  MAX_FRAME_BYTES,
} from '@sluice/contract/frames';
import { type ControlPlaneStandIn, startControlPlane } from '../testing/control-plane-stand-in.ts';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import { type Channel, type ChannelEvents, openChannel } from './channel-client.ts';

type Heard = [event: keyof ChannelEvents, message: unknown];

/** A channel to `socketPath` and everything that it tells. */
function open(socketPath: string) {
  const heard: Heard[] = [];
  const warnings: string[] = [];
  const note = (event: keyof ChannelEvents) => (message?: unknown) =>
    void heard.push([event, message]);
  const options = {
    path: socketPath,
    replica: 'a',
    source: 'a.1',
    version: () => 0,
    warn: (message: string) => void warnings.push(message),
  };
  const channel = openChannel(options, {
    welcome: note('welcome'),
    change: note('change'),
    lists: note('lists'),
    answer: note('answer'),
    stored: note('stored'),
    revoke: note('revoke'),
    sync: note('sync'),
    lost: note('lost'),
    downTooLong: note('downTooLong'),
  });
  const count = (event: keyof ChannelEvents) => heard.filter(([name]) => name === event).length;
  return { channel, heard, warnings, count };
}

describe('the channel', () => {
  let folder: string;
  let socketPath: string;
  let controlPlane: ControlPlaneStandIn | undefined;
  let server: Server | undefined;
  let channel: Channel | undefined;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-channel-'));
    socketPath = path.join(folder, 'channel.sock');
  });
  afterEach(async () => {
    mock.timers.reset();
    channel?.close();
    server?.close();
    await controlPlane?.[Symbol.asyncDispose]();
    controlPlane = undefined;
    server = undefined;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is opened as soon as there is a control plane, however late', async () => {
    const opened = open(socketPath);
    ({ channel } = opened);
    assert.equal(opened.channel.send('acknowledge', { version: 1 }), false);
    controlPlane = await startControlPlane(socketPath, sampleSnapshot([]));
    await eventually('the welcome', () => opened.count('welcome') === 1);
    assert.equal(opened.channel.send('acknowledge', { version: 1 }), true);
    await eventually('the message', () => controlPlane?.received('acknowledge').length === 1);
  });

  it('hands each message to its owner, in order', async () => {
    controlPlane = await startControlPlane(socketPath, sampleSnapshot([]));
    const opened = open(socketPath);
    ({ channel } = opened);
    await eventually('the welcome', () => opened.count('welcome') === 1);
    controlPlane.send('change', { version: 2 });
    controlPlane.send('revoke', { keys: ['k'], secrets: [] });
    controlPlane.send('ping', {});
    controlPlane.send('sync', { id: 1, server: 's' });
    await eventually('all of them', () => opened.count('sync') === 1);
    assert.deepEqual(opened.heard.slice(1), [
      ['change', { version: 2 }],
      ['revoke', { keys: ['k'], secrets: [] }],
      ['sync', { id: 1, server: 's' }],
    ]);
  });

  it('drops a message that the peer would refuse, says so, and stays open', async () => {
    controlPlane = await startControlPlane(socketPath, sampleSnapshot([]));
    const opened = open(socketPath);
    ({ channel } = opened);
    await eventually('the welcome', () => opened.count('welcome') === 1);
    const error = 'x'.repeat(MAX_FRAME_BYTES);
    assert.equal(opened.channel.send('synced', { id: 1, server: 's', error }), true);
    opened.channel.send('acknowledge', { version: 1 });
    await eventually('the next message', () => controlPlane?.received('acknowledge').length === 1);
    assert.deepEqual(controlPlane.received('synced'), []);
    assert.equal(opened.count('lost'), 0);
    assert.match(opened.warnings[0] ?? '', /synced.*dropped/);
  });

  it('comes back after a cut, and tells that it was lost', async () => {
    controlPlane = await startControlPlane(socketPath, sampleSnapshot([]));
    const opened = open(socketPath);
    ({ channel } = opened);
    await eventually('the welcome', () => opened.count('welcome') === 1);
    controlPlane.cut();
    await eventually('another welcome', () => opened.count('welcome') === 2);
    assert.equal(opened.count('lost'), 1);
  });

  it('that is down for half a minute tells that nothing can be revoked any more', async () => {
    controlPlane = await startControlPlane(socketPath, sampleSnapshot([]));
    const opened = open(socketPath);
    ({ channel } = opened);
    await eventually('the welcome', () => opened.count('welcome') === 1);
    await controlPlane[Symbol.asyncDispose]();
    controlPlane = undefined;
    await eventually('the loss', () => opened.count('lost') === 1);
    assert.equal(opened.count('downTooLong'), 0);
    opened.channel.close();
    mock.timers.enable({ apis: ['setTimeout'] });
    const other = open(path.join(folder, 'nobody.sock'));
    ({ channel } = other);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(CHANNEL_DOWN_CLOSES_STREAMS_MS - 1);
    assert.equal(other.count('downTooLong'), 0);
    mock.timers.tick(1);
    assert.equal(other.count('downTooLong'), 1);
  });

  it('to a peer of another release says so once, and tries on', async () => {
    let connections = 0;
    server = createServer((socket) => {
      connections += 1;
      socket.end(encodeFrame('refuse', { message: 'run both from the same release' }));
      socket.on('error', () => {});
    }).listen(socketPath);
    const opened = open(socketPath);
    ({ channel } = opened);
    await eventually('several tries', () => connections > 2);
    assert.deepEqual(opened.warnings, [
      'refused by the control plane: run both from the same release',
    ]);
  });

  it('is cut when the peer sends what is no frame', async () => {
    let connections = 0;
    server = createServer((socket) => {
      connections += 1;
      const garbage = Buffer.alloc(8, 0xff);
      garbage.writeUInt32BE(MAX_FRAME_BYTES + 1);
      socket.write(garbage);
      socket.on('error', () => {});
    }).listen(socketPath);
    const opened = open(socketPath);
    ({ channel } = opened);
    await eventually('another try', () => connections > 1);
    assert.match(opened.warnings[0] ?? '', /unusable frame/);
  });
});
