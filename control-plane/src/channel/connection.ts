/** One connection of the framed socket: whole frames in and out, a heartbeat, and bounds on both. */
import type { Socket } from 'node:net';
import {
  CHANNEL_PING_MS,
  type ControlMessages,
  createFrameReader,
  encodeFrame,
  encodeRawFrame,
  type Frame,
  type Messages,
} from '@sluice/contract/frames';

export interface Connection {
  /** Frames sent in one tick leave in one write. Nothing happens once the connection is closed. */
  send<T extends keyof ControlMessages>(type: T, message: Messages[T]): void;
  /** As `send`, for a payload that is JSON bytes already. */
  sendRaw(type: keyof ControlMessages, payload: Uint8Array): void;
  /** Sends what is pending, then closes. */
  end(): void;
}

export interface ConnectionEvents {
  /** May throw: the connection is then closed for that reason. */
  onFrame(frame: Frame, connection: Connection): void;
  /** The last event; `reason` says what was wrong, undefined when the peer or we just left. */
  onClose(connection: Connection, reason: string | undefined): void;
}

/** Two full snapshots. A peer that is further behind does not read: better without it. */
const MAX_UNSENT_BYTES = 128 * 1024 * 1024;

export function openConnection(socket: Socket, events: ConnectionEvents): Connection {
  let heardAt = performance.now();
  let problem: string | undefined;
  const fail = (reason: string) => {
    problem ??= reason;
    socket.destroy();
  };
  const write = (frame: Buffer) => {
    if (!socket.writable) return;
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(frame);
    if (socket.writableLength > MAX_UNSENT_BYTES) fail('the sidecar does not read');
  };
  const connection: Connection = {
    send: (type, message) => write(encodeFrame(type, message)),
    sendRaw: (type, payload) => write(encodeRawFrame(type, payload)),
    end: () => socket.end(),
  };
  const read = createFrameReader((frame) => {
    if (!socket.destroyed) events.onFrame(frame, connection);
  });
  const heartbeat = setInterval(() => {
    if (performance.now() - heardAt > 3 * CHANNEL_PING_MS) fail('nothing heard from the sidecar');
    else connection.send('ping', {});
  }, CHANNEL_PING_MS);

  socket.on('data', (chunk) => {
    heardAt = performance.now();
    try {
      read(chunk);
    } catch (error) {
      fail(`unusable frame: ${(error as Error).message}`);
    }
  });
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => {
    clearInterval(heartbeat);
    events.onClose(connection, problem);
  });
  return connection;
}
