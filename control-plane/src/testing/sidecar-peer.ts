/** The sidecar's end of a channel, driven by a test frame by frame. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  CHANNEL_PROTOCOL,
  createFrameReader,
  encodeFrame,
  type Messages,
  type MessageType,
  parseFrame,
} from '@sluice/contract/frames';
import { eventually } from './eventually.ts';

export interface SidecarPeer {
  readonly socket: Socket;
  send<T extends MessageType>(type: T, message: Messages[T]): void;
  /** The next message of this type that was not taken yet; other types stay. */
  next<T extends MessageType>(type: T): Promise<Messages[T]>;
  /** Types received so far and not taken. */
  waiting(): readonly MessageType[];
  hello(overrides?: Partial<Messages['hello']>): void;
  closed(): Promise<void>;
}

export async function connectSidecar(path: string): Promise<SidecarPeer> {
  const socket = connect(path);
  await once(socket, 'connect');
  const received: { type: MessageType; message: unknown }[] = [];
  const read = createFrameReader((frame) => {
    received.push({ type: frame.type, message: parseFrame(frame) });
  });
  socket.on('data', read);
  socket.on('error', () => {});
  const take = (type: MessageType) => {
    const at = received.findIndex((frame) => frame.type === type);
    return at < 0 ? undefined : received.splice(at, 1)[0];
  };
  const peer: SidecarPeer = {
    socket,
    send: (type, message) => socket.write(encodeFrame(type, message)),
    async next<T extends MessageType>(type: T) {
      const frame = await eventually(() => take(type), `a ${type} frame`);
      return frame.message as Messages[T];
    },
    waiting: () => received.map(({ type }) => type),
    hello: (overrides = {}) =>
      peer.send('hello', {
        protocol: CHANNEL_PROTOCOL,
        replica: 'replica-1',
        source: 'source-1',
        pid: 1,
        version: 0,
        ...overrides,
      }),
    async closed() {
      if (!socket.closed) await once(socket, 'close');
    },
  };
  return peer;
}
