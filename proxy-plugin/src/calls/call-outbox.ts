/** Call records on their way up: sent in batches, kept until the control plane has stored them. */
import type { CallRecord } from '@sluice/contract/call-record';

/** What the reporter of a call knows; source and sequence are the outbox's. */
export type NewCall = Omit<CallRecord, 'source' | 'sequence'>;

export interface CallOutbox {
  record(call: NewCall): void;
  /** The batch is in the database. */
  stored(batch: number): void;
  /** Sends what is due; called by the timer, and at once after a reconnect (`again`: what was sent too). */
  flush(again?: boolean): void;
  /** Records lost because the outbox was full. Each leaves a gap in the sequence. */
  readonly dropped: number;
  readonly waiting: number;
  close(): void;
}

type Batch = { readonly number: number; readonly records: CallRecord[]; sent: boolean };

export const FLUSH_MS = 250;
const MAX_BATCH = 500;
/** About 30 MB: ten minutes without a control plane at 160 calls in a second. */
const MAX_WAITING = 100_000;

/** `send` puts one batch on the wire and says whether the channel took it. */
export function createCallOutbox(
  source: string,
  send: (batch: number, records: readonly CallRecord[]) => boolean,
): CallOutbox {
  let sequence = 0;
  let nextBatch = 1;
  let open: CallRecord[] = [];
  let batches: Batch[] = [];
  let waiting = 0;
  let dropped = 0;

  const seal = () => {
    if (open.length === 0) return;
    batches.push({ number: nextBatch++, records: open, sent: false });
    open = [];
  };
  const flush = (again = false) => {
    seal();
    for (const batch of batches) {
      if (again || !batch.sent) batch.sent = send(batch.number, batch.records);
    }
  };
  const timer = setInterval(flush, FLUSH_MS).unref();
  return {
    get dropped() {
      return dropped;
    },
    get waiting() {
      return waiting;
    },
    record(call) {
      sequence += 1;
      if (waiting >= MAX_WAITING) {
        dropped += 1;
        return;
      }
      waiting += 1;
      open.push({ source, sequence, ...call });
      if (open.length >= MAX_BATCH) flush();
    },
    stored(number) {
      const done = batches.find((batch) => batch.number === number);
      if (!done) return;
      waiting -= done.records.length;
      batches = batches.filter((batch) => batch !== done);
    },
    flush,
    close: () => clearInterval(timer),
  };
}
