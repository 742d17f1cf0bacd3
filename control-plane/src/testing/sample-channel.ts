/** A whole channel server on a unix socket for tests; storage is in the test's hand. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerAsk } from '../channel/answer-ask.ts';
import { createChannelServer } from '../channel/channel-server.ts';
import { createExpirySchedule } from '../channel/expiry-schedule.ts';
import { createPublisher } from '../channel/publisher.ts';
import { createServerSyncs } from '../channel/server-syncs.ts';
import { createSidecars, type Sidecars } from '../channel/sidecars.ts';
import { createSnapshotSource } from '../channel/snapshot-source.ts';
import { createCounters } from '../decision/counters.ts';
import { createLimits } from '../limits/limits.ts';
import { createMemoryBuckets } from '../limits/memory-buckets.ts';
import { listenOnSocket } from '../listen-on-socket.ts';
import { eventually } from './eventually.ts';
import {
  fullChange,
  sampleEndpoint,
  sampleKey,
  sampleLimit,
  samplePolicy,
} from './sample-policy.ts';
import { connectSidecar, type SidecarPeer } from './sidecar-peer.ts';

const first = fullChange({
  endpoints: [sampleEndpoint('dev')],
  keys: [sampleKey('alice')],
  limits: [
    sampleLimit('calls', { unit: 'call', per: 'key', rate: 1, periodSeconds: 3600, burst: 2 }),
    sampleLimit('search', {
      unit: 'call',
      tool: 'github/search',
      rate: 1,
      periodSeconds: 3600,
      burst: 1,
    }),
  ],
});

export interface SentBatch {
  readonly payload: string;
  /** As `StorageLink.storeCalls` resolves. */
  settle(batch: number | undefined): void;
}

export type SampleChannel = Awaited<ReturnType<typeof openSampleChannel>>;

/** Endpoint `dev`, key `alice`, the call limits `calls` (two, per key) and `search` (one). */
export async function openSampleChannel() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-channel-'));
  const path = join(folder, 'channel.sock');
  const stored: SentBatch[] = [];
  const handedOn: string[] = [];
  const knownLists: Uint8Array[] = [];
  const policy = samplePolicy({});
  const snapshots = createSnapshotSource(Date.now);
  const sidecars = createSidecars();
  const syncs = createServerSyncs(sidecars, 300);
  const expiry = createExpirySchedule();
  const publisher = createPublisher({ policy, snapshots, sidecars, expiry });
  await publisher.publish(first);
  const limits = createLimits({
    index: policy.limits,
    buckets: createMemoryBuckets({ clock: () => 0, capacity: 100 }),
    onExceeded: () => {},
  });
  const counters = createCounters();
  const server = createChannelServer({
    sidecars,
    syncs,
    storage: {
      storeCalls: (payload) =>
        new Promise((settle) => {
          stored.push({ payload: Buffer.from(payload).toString(), settle });
        }),
      lists: (payload) => handedOn.push(Buffer.from(payload).toString()),
      status: (payload) => handedOn.push(Buffer.from(payload).toString()),
      knownLists: async () => knownLists,
    },
    welcome: () => ({
      protocol: 1,
      decisionKey: 'd',
      sessionKey: 's',
      snapshot: snapshots.snapshot(),
    }),
    missedRevocation: publisher.missedRevocation,
    answer: (ask, reply) => answerAsk({ policy, limits, counters }, ask, reply),
    logger: { info: () => {}, warn: () => {} },
  });
  await listenOnSocket(server, path);
  const peers = createPeers(path, sidecars);
  const close = async () => {
    peers.close();
    await once(server.close(), 'close');
    rmSync(folder, { recursive: true });
  };
  const heard = { stored, handedOn, knownLists };
  return { path, policy, publisher, sidecars, syncs, ...heard, ...peers, close };
}

function createPeers(path: string, sidecars: Sidecars) {
  const peers: SidecarPeer[] = [];
  const open = async () => {
    const peer = await connectSidecar(path);
    peers.push(peer);
    return peer;
  };
  /** A sidecar that has its snapshot. */
  const welcomed = async (replica = 'replica-1') => {
    const peer = await open();
    peer.hello({ replica });
    const { snapshot } = await peer.next('welcome');
    peer.send('acknowledge', { version: snapshot.version });
    const isReady = () => sidecars.all().some((one) => one.replica === replica && one.version > 0);
    await eventually(isReady, 'the acknowledgement');
    return peer;
  };
  const close = () => {
    for (const peer of peers) peer.socket.destroy();
  };
  return { open, welcomed, close };
}
