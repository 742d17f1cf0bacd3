/** The decision loop's handle on the storage thread: what goes there, and when it is safe on disk. */
import type { MessagePort } from 'node:worker_threads';
import type { CallRecord } from '@sluice/contract/call-record';
import type { ToDecision, ToStorage } from './messages.ts';

export interface StorageLink {
  /** Stores a `calls` payload as it came. Resolves with its batch number when committed. */
  storeCalls(payload: Uint8Array): Promise<number>;
  /** Stores records of our own. Rejects if they were not stored. */
  storeDenials(records: readonly CallRecord[]): Promise<void>;
  lists(payload: Uint8Array): void;
  status(payload: Uint8Array): void;
  keysUsed(lastUsed: Readonly<Record<string, number>>): void;
  /** Resolves when the databases are closed. */
  stop(): Promise<void>;
}

interface Pending {
  resolve(batch: number): void;
  reject(error: Error): void;
}

export function createStorageLink(port: MessagePort): StorageLink {
  const pending = new Map<number, Pending>();
  const stops: (() => void)[] = [];
  let lastId = 0;
  const send = (message: ToStorage, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  const store = (message: (id: number) => ToStorage, transfer?: readonly ArrayBuffer[]) => {
    lastId += 1;
    const id = lastId;
    send(message(id), transfer);
    return new Promise<number>((resolve, reject) => pending.set(id, { resolve, reject }));
  };
  port.on('message', (message: ToDecision) => {
    if (message.type === 'stopped') for (const resolve of stops.splice(0)) resolve();
    if (message.type !== 'stored' && message.type !== 'not-stored') return;
    const batch = pending.get(message.id);
    pending.delete(message.id);
    if (message.type === 'stored') batch?.resolve(message.batch);
    else batch?.reject(new Error(message.message));
  });
  return {
    storeCalls(bytes) {
      const payload = owned(bytes);
      return store((id) => ({ type: 'calls', id, payload }), [payload.buffer]);
    },
    async storeDenials(records) {
      await store((id) => ({ type: 'denials', id, records }));
    },
    lists: (bytes) => sendBytes(send, 'lists', bytes),
    status: (bytes) => sendBytes(send, 'status', bytes),
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
