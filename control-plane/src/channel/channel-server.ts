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
import type { Revocation } from './revocations.ts';
import type { ServerSyncs } from './server-syncs.ts';
import type { Sidecar, Sidecars } from './sidecars.ts';

export interface ChannelDependencies {
  readonly sidecars: Sidecars;
  readonly syncs: ServerSyncs;
  readonly storage: Pick<StorageLink, 'storeCalls' | 'lists' | 'status' | 'knownLists'>;
  /** Everything a new sidecar needs. */
  readonly welcome: () => ControlMessages['welcome'];
  /** What a sidecar may not have heard of that last had the snapshot `version`. */
  readonly missedRevocation: (version: number) => Revocation;
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
        if (sidecar) deps.syncs.gone(sidecar);
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
  if (hello.version !== 0) connection.send('revoke', deps.missedRevocation(hello.version));
  if (hello.version === 0) void sendKnownLists(deps, connection);
  const sidecar = { replica: hello.replica, connection, version: NONE, metrics: {} };
  deps.sidecars.add(sidecar);
  deps.logger.info({ replica: hello.replica, pid: hello.pid }, 'channel of a sidecar opened');
  return sidecar;
}

/** A sidecar that is new knows nothing of servers that are down. */
async function sendKnownLists({ storage }: ChannelDependencies, connection: Connection) {
  for (const payload of await storage.knownLists()) connection.sendRaw('lists', payload);
}

function receive(deps: ChannelDependencies, sidecar: Sidecar, frame: Frame): void {
  const { connection } = sidecar;
  if (isOf(frame, 'ask'))
    deps.answer(parseFrame(frame), (answer) => connection.send('answer', answer));
  else if (isOf(frame, 'calls')) void storeCalls(deps, sidecar, frame);
  else if (isOf(frame, 'lists')) deps.storage.lists(frame.payload);
  else if (isOf(frame, 'status')) deps.storage.status(frame.payload);
  else if (isOf(frame, 'metrics')) sidecar.metrics = parseFrame(frame).values;
  else if (isOf(frame, 'synced')) deps.syncs.synced(parseFrame(frame));
  else if (isOf(frame, 'acknowledge')) {
    deps.sidecars.acknowledged(sidecar, parseFrame(frame).version);
  } else if (!isOf(frame, 'ping')) throw new Error(`${frame.type} is not for a sidecar to send`);
}

/** Confirmed when committed, or dropped and counted; the sidecar sends again what is not confirmed. */
async function storeCalls({ storage }: ChannelDependencies, sidecar: Sidecar, frame: Frame) {
  const batch = await storage.storeCalls(frame.payload);
  if (batch !== undefined) sidecar.connection.send('stored', { batch });
}

function isOf<T extends keyof PluginMessages & MessageType>(
  frame: Frame,
  type: T,
): frame is Frame & { readonly type: T } {
  return frame.type === type;
}
