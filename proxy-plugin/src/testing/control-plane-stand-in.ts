/** The control plane's end of the framed socket, doing as a test tells it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { CallRecord } from '@sluice/contract/call-record';
import {
  type Answer,
  type Ask,
  CHANNEL_PROTOCOL,
  type ControlMessages,
  createFrameReader,
  encodeFrame,
  type Frame,
  type PluginMessages,
  parseFrame,
} from '@sluice/contract/frames';
import type { Snapshot } from '@sluice/contract/snapshot';

export interface ControlPlaneStandIn extends AsyncDisposable {
  readonly decisionKey: Buffer;
  /** What new channels are greeted with. */
  snapshot: Snapshot;
  /** Undefined = say nothing. */
  onAsk: (ask: Ask) => Omit<Answer, 'id'> | undefined;
  /** Whether batches of call records are confirmed. */
  stores: boolean;
  /** Every call record that came, once each, in order. */
  records(): readonly CallRecord[];
  /** Messages of one type that came, in order. */
  received<T extends keyof PluginMessages>(type: T): readonly PluginMessages[T][];
  send<T extends keyof ControlMessages>(type: T, message: ControlMessages[T]): void;
  /** Cuts the channel; the sidecar comes back by itself. */
  cut(): void;
}

export async function startControlPlane(
  path: string,
  snapshot: Snapshot,
): Promise<ControlPlaneStandIn> {
  const decisionKey = randomBytes(32);
  const sessionKey = randomBytes(32);
  const frames: Frame[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const send = <T extends keyof ControlMessages>(type: T, message: ControlMessages[T]) =>
      socket.write(encodeFrame<keyof ControlMessages>(type, message));
    const read = createFrameReader((frame) => {
      frames.push(frame);
      act(standIn, frame, send, () => ({
        protocol: CHANNEL_PROTOCOL,
        decisionKey: decisionKey.toString('base64url'),
        sessionKey: sessionKey.toString('base64url'),
        snapshot: standIn.snapshot,
      }));
    });
    socket.on('data', read);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  const standIn: ControlPlaneStandIn = {
    decisionKey,
    snapshot,
    stores: true,
    onAsk: () => ({ allowed: true }),
    received: (type) =>
      frames.flatMap((frame) => (frame.type === type ? [parseFrame({ ...frame, type })] : [])),
    records() {
      const all = standIn.received('calls').flatMap(({ records }) => records);
      return [...new Map(all.map((one) => [one.sequence, one])).values()];
    },
    send(type, message) {
      const frame = encodeFrame<keyof ControlMessages>(type, message);
      for (const socket of sockets) socket.write(frame);
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      standIn.cut();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(path);
  await once(server, 'listening');
  return standIn;
}

type Send = <T extends keyof ControlMessages>(type: T, message: ControlMessages[T]) => void;

function act(
  standIn: ControlPlaneStandIn,
  frame: Frame,
  send: Send,
  welcome: () => ControlMessages['welcome'],
): void {
  const { type } = frame;
  if (type === 'hello') send('welcome', welcome());
  if (type === 'calls' && standIn.stores) {
    send('stored', { batch: parseFrame({ ...frame, type }).batch });
  }
  if (type !== 'ask') return;
  const ask = parseFrame({ ...frame, type });
  const answer = standIn.onAsk(ask);
  if (answer) send('answer', { id: ask.id, ...answer });
}
