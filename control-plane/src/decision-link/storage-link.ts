/** The decision loop's handle on the storage thread: what goes there, and when it is safe on disk. */
import type { MessagePort } from 'node:worker_threads';
import type { CallRecord } from '@sluice/contract/call-record';
import type { ToDecision, ToStorage } from './messages.ts';

export interface StorageLink {
  /**
   * Stores a `calls` payload as it came. Resolves when its records are committed, or dropped and
   * counted: with its batch number, or undefined if it has none.
   */
  storeCalls(payload: Uint8Array): Promise<number | undefined>;
  /** Stores records of our own, or counts them as dropped. */
  storeDenials(records: readonly CallRecord[]): void;
  lists(payload: Uint8Array): void;
  status(payload: Uint8Array): void;
  /** The last good lists of servers, as payloads of `lists` frames. */
  knownLists(): Promise<readonly Uint8Array[]>;
  keysUsed(lastUsed: Readonly<Record<string, number>>): void;
  /** Resolves when the databases are closed. */
  stop(): Promise<void>;
}

export function createStorageLink(port: MessagePort): StorageLink {
  const pending = new Map<number, (batch: number | undefined) => void>();
  const wanted = new Map<number, (payloads: readonly Uint8Array[]) => void>();
  const stops: (() => void)[] = [];
  let lastId = 0;
  const send = (message: ToStorage, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  port.on('message', (message: ToDecision) => {
    if (message.type === 'stopped') for (const resolve of stops.splice(0)) resolve();
    if (message.type === 'known-lists') {
      wanted.get(message.id)?.(message.payloads);
      wanted.delete(message.id);
    }
    if (message.type !== 'stored') return;
    pending.get(message.id)?.(message.batch);
    pending.delete(message.id);
  });
  return {
    storeCalls(bytes) {
      const payload = owned(bytes);
      lastId += 1;
      const id = lastId;
      send({ type: 'calls', id, payload }, [payload.buffer]);
      return new Promise((resolve) => pending.set(id, resolve));
    },
    storeDenials: (records) => send({ type: 'denials', records }),
    lists: (bytes) => sendBytes(send, 'lists', bytes),
    status: (bytes) => sendBytes(send, 'status', bytes),
    knownLists() {
      lastId += 1;
      const id = lastId;
      send({ type: 'known-lists', id });
      return new Promise((resolve) => wanted.set(id, resolve));
    },
    keysUsed: (lastUsed) => send({ type: 'keys-used', lastUsed }),
    stop() {
      const stopped = new Promise<void>((resolve) => stops.push(resolve));
      send({ type: 'stop' });
      return stopped;
    },
  };
}

function sendBytes(
  send: (message: ToStorage, transfer: readonly ArrayBuffer[]) => void,
  type: 'lists' | 'status',
  bytes: Uint8Array,
): void {
  const payload = owned(bytes);
  send({ type, payload }, [payload.buffer]);
}

/** A copy in memory of its own: a frame shares its memory with its neighbours, and a transfer takes all of it. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
