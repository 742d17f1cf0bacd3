/** Calls under way: bounded per principal, and known by the client's own ids, so that it can cancel them. */
import { InFlightMap } from '../in-flight/in-flight-map.ts';
import type { Caller, RunningCall } from '../upstream/upstream.ts';
import type { Refusal } from './exchange.ts';

export interface CallsInFlight {
  /** `id` is JSON; `bytes` is how much of the request is kept while it runs. */
  claim(
    caller: Pick<Caller, 'principal' | 'session'>,
    id: Buffer,
    bytes: number,
  ): ClaimedCall | CallRefusal;
  /** `notifications/cancelled`: an id that is not under way is nobody's concern. `id` is canonical JSON. */
  cancel(session: string, id: string, reason: string): void;
  readonly size: number;
}

/** `same_id`: the session has a call with this id already. `too_many`: there is no room for more. */
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
/** A retry needs the request whole, so it is kept until the call ends. */
export const MAX_BYTES_PER_PRINCIPAL = 32 * 1024 * 1024;
export const MAX_BYTES = 128 * 1024 * 1024;

interface Load {
  readonly calls: number;
  readonly bytes: number;
}

/** What a client that was told `too_many` reads. */
export const TOO_MANY_CALLS: Refusal = {
  reason: 'limit_exceeded',
  message:
    `Too much is under way: you may have ${MAX_CALLS_PER_PRINCIPAL} calls, of ` +
    `${MAX_BYTES_PER_PRINCIPAL / 1024 / 1024} MiB in all. Wait until some of them are answered.`,
  retryAfterSeconds: 1,
};

export function createCallsInFlight(): CallsInFlight {
  const entries = new InFlightMap<string, Entry>();
  const loads = new Map<string, Load>();
  let allBytes = 0;

  const loadOf = (principal: string) => loads.get(principal) ?? { calls: 0, bytes: 0 };
  const add = (principal: string, calls: 1 | -1, bytes: number) => {
    const load = loadOf(principal);
    allBytes += bytes;
    if (load.calls + calls === 0) loads.delete(principal);
    else loads.set(principal, { calls: load.calls + calls, bytes: load.bytes + bytes });
  };
  const hasRoom = (principal: string, bytes: number) => {
    const load = loadOf(principal);
    return (
      load.calls < MAX_CALLS_PER_PRINCIPAL &&
      load.bytes + bytes <= MAX_BYTES_PER_PRINCIPAL &&
      allBytes + bytes <= MAX_BYTES
    );
  };
  return {
    get size() {
      return entries.size;
    },
    claim({ principal, session }, id, bytes) {
      // `1.0` and `1`, `"\u0061"` and `"a"` are one id to a client that parses them.
      const key = keyOf(session, JSON.stringify(JSON.parse(id.toString())));
      if (entries.has(key)) return 'same_id';
      if (!hasRoom(principal, bytes)) return 'too_many';
      const entry: Entry = {};
      entries.add(key, entry);
      add(principal, 1, bytes);
      return {
        started(call) {
          entry.call = call;
          if (entry.cancelled !== undefined) call.cancel(entry.cancelled);
        },
        finished() {
          if (entries.delete(key)) add(principal, -1, -bytes);
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
