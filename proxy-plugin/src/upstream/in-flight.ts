/** One call at an upstream until its reply is complete, and what may still be said in it. */
import type { Deadline } from './deadline.ts';
import type { Caller, ReplyHandler } from './upstream.ts';

export interface InFlight {
  readonly handler: ReplyHandler;
  /** JSON bytes of the client's own progress token. */
  readonly clientToken: Buffer | undefined;
  readonly caller: Pick<Caller, 'session' | 'logLevel'> | undefined;
  readonly deadline: Deadline;
  readonly settle: () => void;
  /** The reply has begun: a notification between its pieces would tear it apart. */
  replying: boolean;
  /** Its client has not read yet what it was given. */
  isBlocked: boolean;
  /** The last one that was passed on: it may only grow. */
  progress: number;
}

/** False when the call can't carry it. */
export function notify(entry: InFlight | undefined, bytes: Buffer): boolean {
  if (!entry || entry.replying) return false;
  entry.handler.notification(bytes);
  return true;
}
