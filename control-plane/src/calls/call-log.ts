/** The call records of a running gateway: stored if at all possible, and traffic goes on if not. */
import type { CallRecord } from '@sluice/contract/call-record';
import { isDamaged } from '../storage/storage-fault.ts';
import type { CallsDatabase } from './calls-database.ts';
import { pruneCalls, type Retention } from './prune-calls.ts';
import { storeCalls, storeLoss } from './store-calls.ts';

export interface CallLogOptions {
  readonly db: CallsDatabase;
  readonly retention: Retention;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: {
    info(fields: Readonly<Record<string, unknown>>, message: string): void;
    warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  };
}

export interface CallLog {
  /** Resolves when the records are committed, or dropped and counted. Never rejects. */
  store(records: readonly CallRecord[]): Promise<void>;
  /** Retention, and gap records for what was dropped. Call it every few seconds. Never rejects. */
  tend(): Promise<void>;
  /** Resolves when no `tend` runs any more. */
  end(): Promise<void>;
  /** Since the start. */
  readonly counts: { readonly stored: number; readonly dropped: number };
}

const UNWRITABLE = 'calls.db cannot be written: call records are dropped, traffic goes on';
const DAMAGED =
  'calls.db is damaged: call records are dropped, traffic goes on. Stop the gateway, move calls.db away, and start it again';

/** Last dropped number of a source, and when that was. */
interface Loss {
  readonly sequence: number;
  readonly time: number;
}

export function createCallLog({ db, retention, now, log }: CallLogOptions): CallLog {
  const counts = { stored: 0, dropped: 0 };
  const losses = new Map<string, Loss>();
  const storing = createEpisode();
  const tending = createEpisode();
  let tended = Promise.resolve();
  const tend = async () => {
    try {
      for (const [source, loss] of losses) {
        await storeLoss(db, source, loss.sequence + 1, loss.time);
        // More of it may have been dropped meanwhile.
        if (losses.get(source) === loss) losses.delete(source);
      }
      await pruneCalls(db, retention, now());
      tending.ends();
    } catch (error) {
      if (tending.begins()) log.warn({ err: error }, 'old call records cannot be deleted');
    }
  };
  const drop = (records: readonly CallRecord[]) => {
    for (const { source, sequence, time } of records) losses.set(source, { sequence, time });
    counts.dropped += records.length;
  };
  return {
    counts,
    async store(records) {
      try {
        await storeCalls(db, records);
        counts.stored += records.length;
        if (storing.ends()) {
          log.info({ dropped_in_all: counts.dropped }, 'call records are stored again');
        }
      } catch (error) {
        drop(records);
        if (storing.begins()) {
          log.warn({ err: error }, isDamaged(error) ? DAMAGED : UNWRITABLE);
        }
      }
    },
    tend() {
      tended = tended.then(tend);
      return tended;
    },
    end: () => tended,
  };
}

/** Trouble that lasts is said once, when it begins, and once when it ends. */
function createEpisode() {
  let lasts = false;
  const becomes = (value: boolean) => {
    const changes = lasts !== value;
    lasts = value;
    return changes;
  };
  return { begins: () => becomes(true), ends: () => becomes(false) };
}
