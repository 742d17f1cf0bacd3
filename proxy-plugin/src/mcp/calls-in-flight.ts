/** Calls under way, by session and the client's own id, so that a client can cancel them. */
import type { RunningCall } from '../upstream/upstream.ts';

export interface CallsInFlight {
  /** Undefined when the session has a call with this id already. `id` is JSON. */
  claim(session: string, id: Buffer): ClaimedCall | undefined;
  /** `notifications/cancelled`: an id that is not under way is nobody's concern. `id` is canonical JSON. */
  cancel(session: string, id: string, reason: string): void;
  readonly size: number;
}

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

export function createCallsInFlight(): CallsInFlight {
  const entries = new Map<string, Entry>();
  return {
    get size() {
      return entries.size;
    },
    claim(session, id) {
      // `1.0` and `1`, `"\u0061"` and `"a"` are one id to a client that parses them.
      const key = keyOf(session, JSON.stringify(JSON.parse(id.toString())));
      if (entries.has(key)) return undefined;
      const entry: Entry = {};
      entries.set(key, entry);
      return {
        started(call) {
          entry.call = call;
          if (entry.cancelled !== undefined) call.cancel(entry.cancelled);
        },
        finished: () => void entries.delete(key),
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
