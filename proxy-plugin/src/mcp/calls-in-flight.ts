/** Calls under way, by session and the client's own id, so that a client can cancel them. */
import type { RunningCall } from '../upstream/upstream.ts';

export interface CallsInFlight {
  /** False when the session has a call with this id already. */
  claim(session: string, id: string): boolean;
  start(session: string, id: string, call: RunningCall): void;
  finish(session: string, id: string): void;
  /** `notifications/cancelled`: an id that is not under way is nobody's concern. */
  cancel(session: string, id: string, reason: string): void;
  readonly size: number;
}

export function createCallsInFlight(): CallsInFlight {
  const calls = new Map<string, RunningCall | undefined>();
  const keyOf = (session: string, id: string) => `${session}\n${id}`;
  return {
    get size() {
      return calls.size;
    },
    claim(session, id) {
      const key = keyOf(session, id);
      if (calls.has(key)) return false;
      calls.set(key, undefined);
      return true;
    },
    start(session, id, call) {
      const key = keyOf(session, id);
      if (calls.has(key)) calls.set(key, call);
    },
    finish: (session, id) => void calls.delete(keyOf(session, id)),
    cancel: (session, id, reason) => calls.get(keyOf(session, id))?.cancel(reason),
  };
}
