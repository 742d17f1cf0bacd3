/** Calls under way: bounded per principal, and known by the client's own ids, so that it can cancel them. */
import type { Caller, RunningCall } from '../upstream/upstream.ts';
import type { Refusal } from './exchange.ts';

export interface CallsInFlight {
  /** `id` is JSON. */
  claim(caller: Pick<Caller, 'principal' | 'session'>, id: Buffer): ClaimedCall | CallRefusal;
  /** `notifications/cancelled`: an id that is not under way is nobody's concern. `id` is canonical JSON. */
  cancel(session: string, id: string, reason: string): void;
  readonly size: number;
}

/** `same_id`: the session has a call with this id already. `too_many`: the principal has its most. */
export type CallRefusal = 'same_id' | 'too_many';

export interface ClaimedCall {
  /** The call is on its way to an upstream and can be cancelled from now on. */
  started(call: RunningCall): void;
  /** Frees the id. */
  finished(): void;
}

interface Entry {
  call?: RunningCall;
  /** Why the client wants it cancelled, when that came before it was started. */
  cancelled?: string;
}

/** Calls go on when their client leaves, so nothing else bounds what one client can pile up. */
export const MAX_CALLS_PER_PRINCIPAL = 200;

/** What a client that was told `too_many` reads. */
export const TOO_MANY_CALLS: Refusal = {
  reason: 'limit_exceeded',
  message: `You have ${MAX_CALLS_PER_PRINCIPAL} calls under way. Wait until some of them are answered.`,
  retryAfterSeconds: 1,
};

export function createCallsInFlight(): CallsInFlight {
  const entries = new Map<string, Entry>();
  const counts = new Map<string, number>();

  const count = (principal: string, change: 1 | -1) => {
    const left = (counts.get(principal) ?? 0) + change;
    if (left === 0) counts.delete(principal);
    else counts.set(principal, left);
  };
  return {
    get size() {
      return entries.size;
    },
    claim({ principal, session }, id) {
      // `1.0` and `1`, `"\u0061"` and `"a"` are one id to a client that parses them.
      const key = keyOf(session, JSON.stringify(JSON.parse(id.toString())));
      if (entries.has(key)) return 'same_id';
      if ((counts.get(principal) ?? 0) >= MAX_CALLS_PER_PRINCIPAL) return 'too_many';
      const entry: Entry = {};
      entries.set(key, entry);
      count(principal, 1);
      return {
        started(call) {
          entry.call = call;
          if (entry.cancelled !== undefined) call.cancel(entry.cancelled);
        },
        finished() {
          if (entries.delete(key)) count(principal, -1);
        },
      };
    },
    cancel(session, id, reason) {
      const entry = entries.get(keyOf(session, id));
      if (!entry) return;
      entry.cancelled = reason;
      entry.call?.cancel(reason);
    },
  };
}

function keyOf(session: string, id: string): string {
  return `${session}\n${id}`;
}
