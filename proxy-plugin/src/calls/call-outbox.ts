/** Call records on their way up: sent in batches, kept until the control plane has stored them. */
import type { CallRecord } from '@sluice/contract/call-record';
import { farewell } from '@sluice/contract/call-source';
import { type BatchQueueDeps, createBatchQueue } from './batch-queue.ts';

/** What the reporter of a call knows; source and sequence are the outbox's. */
export type NewCall = Omit<CallRecord, 'source' | 'sequence'>;

export interface CallOutbox {
  record(call: NewCall): void;
  /** The batch is in the database. */
  stored(batch: number): void;
  /** Sends what is due: new records, and batches whose storing was not confirmed for too long. */
  flush(): void;
  /** After a reconnect: nothing that was sent before will be confirmed. */
  resend(): void;
  /** The last record: tells that nothing comes after it. */
  sayFarewell(): void;
  /** Records that were given up because the outbox was full. Each leaves a gap in the sequence. */
  readonly dropped: number;
  /** Records that are not stored yet. */
  readonly waiting: number;
  close(): void;
}

export interface CallOutboxDeps extends BatchQueueDeps {
  /** Of this start of the process, see `newCallSource`. */
  readonly source: string;
  /** Most records that wait; the oldest are dropped. */
  readonly capacity?: number;
}

const FLUSH_MS = 250;
const MAX_BATCH = 500;
/** About 50 MB: five minutes without a control plane at 300 calls in a second. */
const CAPACITY = 100_000;

export function createCallOutbox(deps: CallOutboxDeps): CallOutbox {
  const { source, now, capacity = CAPACITY } = deps;
  const queue = createBatchQueue(deps);
  let sequence = 0;
  let open: CallRecord[] = [];
  let dropped = 0;

  const seal = () => {
    if (open.length > 0) queue.push(open);
    open = [];
  };
  const flush = () => {
    seal();
    queue.flush();
  };
  const add = (record: CallRecord) => {
    open.push(record);
    if (open.length >= MAX_BATCH) flush();
    if (queue.size + open.length > capacity) dropped += queue.dropOldest();
  };
  const timer = setInterval(flush, FLUSH_MS).unref();
  return {
    get dropped() {
      return dropped;
    },
    get waiting() {
      return queue.size + open.length;
    },
    record(call) {
      sequence += 1;
      add({ source, sequence, ...call });
    },
    stored: queue.stored,
    flush,
    resend() {
      seal();
      queue.resend();
    },
    sayFarewell() {
      sequence += 1;
      add(farewell(source, sequence, now()));
    },
    close: () => clearInterval(timer),
  };
}
