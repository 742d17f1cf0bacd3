/** Batches of call records that are on their way: sent again until somebody confirms that they are stored. */
import type { CallRecord } from '@sluice/contract/call-record';

export interface BatchQueue {
  push(records: readonly CallRecord[]): void;
  /** Sends new batches, and those whose storing was not confirmed for too long; a few oldest at a time. */
  flush(): void;
  /** Sends them from the oldest on: nothing that was sent before will be confirmed. */
  resend(): void;
  stored(batch: number): void;
  /** Gives up the oldest batch; how many records that were. */
  dropOldest(): number;
  /** Records. */
  readonly size: number;
}

export interface BatchQueueDeps {
  /** Puts one batch on the wire; false if there is no channel. */
  readonly send: (batch: number, records: readonly CallRecord[]) => boolean;
  /** Unix milliseconds. */
  readonly now: () => number;
}

interface Batch {
  readonly number: number;
  readonly records: readonly CallRecord[];
  /** Unix milliseconds; undefined = not sent over this channel. */
  sentAt: number | undefined;
}

/** Storing takes milliseconds; a disk that was full may have room again. */
const CONFIRMED_WITHIN_MS = 5_000;
/** Batches on the wire: one that stores nothing is not sent everything again and again. */
const MAX_UNCONFIRMED = 8;

export function createBatchQueue({ send, now }: BatchQueueDeps): BatchQueue {
  const batches = new Map<number, Batch>();
  let lastNumber = 0;
  let size = 0;

  const forget = (batch: Batch | undefined): number => {
    if (!batch || !batches.delete(batch.number)) return 0;
    size -= batch.records.length;
    return batch.records.length;
  };
  const flush = () => {
    const time = now();
    let unconfirmed = 0;
    for (const batch of batches.values()) {
      unconfirmed += 1;
      if (unconfirmed > MAX_UNCONFIRMED) return;
      if (batch.sentAt !== undefined && time - batch.sentAt < CONFIRMED_WITHIN_MS) continue;
      if (!send(batch.number, batch.records)) return;
      batch.sentAt = time;
    }
  };
  return {
    get size() {
      return size;
    },
    push(records) {
      lastNumber += 1;
      size += records.length;
      batches.set(lastNumber, { number: lastNumber, records, sentAt: undefined });
    },
    flush,
    resend() {
      for (const batch of batches.values()) batch.sentAt = undefined;
      flush();
    },
    stored(number) {
      forget(batches.get(number));
      flush();
    },
    dropOldest: () => forget(batches.values().next().value),
  };
}
