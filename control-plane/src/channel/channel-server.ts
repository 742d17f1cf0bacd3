/** The control plane's end of the framed socket: greets sidecars and takes what they send. */
import { createServer, type Server } from 'node:net';
import {
  type Answer,
  type Ask,
  CHANNEL_PROTOCOL,
  type ControlMessages,
  type Frame,
  type MessageType,
  type PluginMessages,
  parseFrame,
} from '@sluice/contract/frames';
import type { StorageLink } from '../decision-link/storage-link.ts';
import { type Connection, openConnection } from './connection.ts';
import type { ServerSyncs } from './server-syncs.ts';
import type { Sidecar, Sidecars } from './sidecars.ts';

export interface ChannelDependencies {
  readonly sidecars: Sidecars;
  readonly syncs: ServerSyncs;
  readonly storage: Pick<StorageLink, 'storeCalls' | 'lists' | 'status'>;
  /** Everything a new sidecar needs. */
  readonly welcome: () => ControlMessages['welcome'];
  readonly answer: (ask: Ask, reply: (answer: Answer) => void) => void;
  readonly logger: ChannelLogger;
}

export interface ChannelLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export function createChannelServer(deps: ChannelDependencies): Server {
  const { sidecars, logger } = deps;
  return createServer((socket) => {
    let sidecar: Sidecar | undefined;
    openConnection(socket, {
      onFrame(frame, connection) {
        if (sidecar) receive(deps, sidecar, frame);
        else sidecar = greet(deps, connection, frame);
      },
      onClose(_, reason) {
        if (sidecar) sidecars.remove(sidecar);
        const fields = { replica: sidecar?.replica, reason };
        if (reason !== undefined) logger.warn(fields, 'channel of a sidecar closed');
        else if (sidecar) logger.info(fields, 'channel of a sidecar closed');
      },
    });
  });
}

/** Below every version: it has been sent its first snapshot, no more. */
const NONE = -1;

/** The first frame must be a `hello` of our protocol. Undefined when the peer was sent away. */
function greet(
  deps: ChannelDependencies,
  connection: Connection,
  frame: Frame,
): Sidecar | undefined {
  if (!isOf(frame, 'hello')) throw new Error(`${frame.type} before hello`);
  const hello = parseFrame(frame);
  if (hello.protocol !== CHANNEL_PROTOCOL) {
    const message =
      `The sidecar speaks channel protocol ${hello.protocol}, this control plane ` +
      `${CHANNEL_PROTOCOL}: run both from the same release.`;
    deps.logger.warn({ replica: hello.replica }, message);
    connection.send('refuse', { message });
    connection.end();
    return undefined;
  }
  const welcome = deps.welcome();
  connection.send('welcome', welcome);
  // While it was away keys may have been revoked. It can't know which streams those opened.
  if (hello.version !== 0 && hello.version !== welcome.snapshot.version) {
    connection.send('revoke', { keys: ['*'], secrets: [] });
  }
  const sidecar = { replica: hello.replica, connection, version: NONE, metrics: {} };
  deps.sidecars.add(sidecar);
  deps.logger.info({ replica: hello.replica, pid: hello.pid }, 'channel of a sidecar opened');
  return sidecar;
}

function receive(deps: ChannelDependencies, sidecar: Sidecar, frame: Frame): void {
  const { connection } = sidecar;
  if (isOf(frame, 'ask'))
    deps.answer(parseFrame(frame), (answer) => connection.send('answer', answer));
  else if (isOf(frame, 'calls')) storeCalls(deps, sidecar, frame);
  else if (isOf(frame, 'lists')) deps.storage.lists(frame.payload);
  else if (isOf(frame, 'status')) deps.storage.status(frame.payload);
  else if (isOf(frame, 'metrics')) sidecar.metrics = parseFrame(frame).values;
  else if (isOf(frame, 'synced')) deps.syncs.synced(parseFrame(frame));
  else if (isOf(frame, 'acknowledge')) {
    deps.sidecars.acknowledged(sidecar, parseFrame(frame).version);
  } else if (!isOf(frame, 'ping')) throw new Error(`${frame.type} is not for a sidecar to send`);
}

/** Not stored means not confirmed: the sidecar keeps the batch and sends it again. */
function storeCalls(
  deps: ChannelDependencies,
  { connection, replica }: Sidecar,
  frame: Frame,
): void {
  deps.storage.storeCalls(frame.payload).then(
    (batch) => connection.send('stored', { batch }),
    (error: Error) =>
      deps.logger.warn({ replica, error: error.message }, 'call records were not stored'),
  );
}

function isOf<T extends keyof PluginMessages & MessageType>(
  frame: Frame,
  type: T,
): frame is Frame & { readonly type: T } {
  return frame.type === type;
}
