/** The sidecar's end of the framed socket: stays connected, hands each message to its owner. */
import { connect, type Socket } from 'node:net';
import {
  CHANNEL_DOWN_CLOSES_STREAMS_MS,
  CHANNEL_PING_MS,
  CHANNEL_PROTOCOL,
  type ControlMessages,
  createFrameReader,
  encodeFrame,
  type Frame,
  MAX_FRAME_BYTES,
  type MessageType,
  type PluginMessages,
  parseFrame,
} from '@sluice/contract/frames';

export interface ChannelEvents {
  welcome(message: ControlMessages['welcome']): void;
  change(message: ControlMessages['change']): void;
  lists(message: ControlMessages['lists']): void;
  answer(message: ControlMessages['answer']): void;
  stored(message: ControlMessages['stored']): void;
  revoke(message: ControlMessages['revoke']): void;
  sync(message: ControlMessages['sync']): void;
  /** The connection is gone; a new one is being tried. */
  lost(): void;
  /** Nothing could be revoked for too long: open streams must end. */
  downTooLong(): void;
}

export interface ChannelOptions {
  readonly path: string;
  readonly replica: string;
  readonly source: string;
  readonly version: () => number;
  readonly warn: (message: string) => void;
}

export interface Channel {
  /** False if not connected: the message is dropped then (what must survive is kept by its owner). */
  send<T extends keyof PluginMessages>(type: T, message: PluginMessages[T]): boolean;
  close(): void;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

/** Connects, and reconnects for as long as it is not closed. */
export function openChannel(options: ChannelOptions, events: ChannelEvents): Channel {
  let socket: Socket | undefined;
  let connected = false;
  let closed = false;
  let retryMs = FIRST_RETRY_MS;
  let retry: NodeJS.Timeout | undefined;
  let downTimer: NodeJS.Timeout | undefined;
  const warn = onceInARow(options.warn);

  const startDownTimer = () => {
    downTimer ??= setTimeout(() => events.downTooLong(), CHANNEL_DOWN_CLOSES_STREAMS_MS).unref();
  };
  const onFrame = (frame: Frame) => {
    if (frame.type === 'welcome') {
      connected = true;
      retryMs = FIRST_RETRY_MS;
      clearTimeout(downTimer);
      downTimer = undefined;
    }
    dispatch(frame, events, warn);
  };
  const open = () => {
    const hello = encodeFrame('hello', {
      protocol: CHANNEL_PROTOCOL,
      replica: options.replica,
      source: options.source,
      pid: process.pid,
      version: options.version(),
    });
    socket = attach(connect(options.path), hello, onFrame, warn, () => {
      if (connected) events.lost();
      connected = false;
      if (closed) return;
      startDownTimer();
      retry = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
  };
  open();
  return {
    send(type, message) {
      if (!connected || !socket) return false;
      sendFrame(socket, type, message, warn);
      return true;
    },
    close() {
      closed = true;
      clearTimeout(retry);
      clearTimeout(downTimer);
      socket?.end();
    },
  };
}

/** A peer that refuses is asked again every second: once is enough to read it. */
function onceInARow(warn: (message: string) => void): (message: string) => void {
  let last: string | undefined;
  return (message) => {
    if (message !== last) warn(message);
    last = message;
  };
}

/** Frames sent in one tick leave in one write. One that the peer would refuse would end every channel. */
function sendFrame<T extends MessageType & keyof PluginMessages>(
  socket: Socket,
  type: T,
  message: PluginMessages[T],
  warn: (message: string) => void,
): void {
  if (!socket.writable) return;
  const frame = encodeFrame<MessageType>(type, message);
  if (frame.length > MAX_FRAME_BYTES) {
    warn(`a message "${type}" of ${frame.length} bytes is too large for the channel: dropped`);
    return;
  }
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  socket.write(frame);
}

function attach(
  socket: Socket,
  hello: Buffer,
  onFrame: (frame: Frame) => void,
  warn: (message: string) => void,
  onClose: () => void,
): Socket {
  let heardAt = performance.now();
  const read = createFrameReader(onFrame);
  const heartbeat = setInterval(() => {
    if (performance.now() - heardAt > 3 * CHANNEL_PING_MS) {
      warn('nothing heard from the control plane: reconnecting');
      socket.destroy();
    } else sendFrame(socket, 'ping', {}, warn);
  }, CHANNEL_PING_MS);
  socket.on('connect', () => socket.write(hello));
  socket.on('data', (chunk) => {
    heardAt = performance.now();
    try {
      read(chunk);
    } catch (error) {
      warn(`unusable frame from the control plane: ${(error as Error).message}`);
      socket.destroy();
    }
  });
  // Not reachable yet is normal at a start; `close` follows and tries again.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearInterval(heartbeat);
    onClose();
  });
  return socket;
}

function dispatch(frame: Frame, events: ChannelEvents, warn: (message: string) => void): void {
  const { type, payload } = frame;
  if (type === 'welcome') events.welcome(parseFrame({ type, payload }));
  else if (type === 'change') events.change(parseFrame({ type, payload }));
  else if (type === 'lists') events.lists(parseFrame({ type, payload }));
  else if (type === 'answer') events.answer(parseFrame({ type, payload }));
  else if (type === 'stored') events.stored(parseFrame({ type, payload }));
  else if (type === 'revoke') events.revoke(parseFrame({ type, payload }));
  else if (type === 'sync') events.sync(parseFrame({ type, payload }));
  else if (type === 'refuse') {
    warn(`refused by the control plane: ${parseFrame({ type, payload }).message}`);
  }
}
