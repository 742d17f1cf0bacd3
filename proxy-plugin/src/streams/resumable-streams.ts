/** The event streams that clients may come back to, and the bounds of what is kept for them. */
import { randomInt } from 'node:crypto';
import type { EventId } from './event-id.ts';
import { EventStream, type EventStreamOptions, RESUME_MS } from './event-stream.ts';

export interface ResumableStreams {
  open(options: Omit<EventStreamOptions, 'stream'>): EventStream;
  /** The stream of an event id, if it belongs to this session and is still known. */
  find(session: string, id: EventId): EventStream | undefined;
  /** Forgets the streams of a session that has ended. */
  endSession(session: string): void;
  /** Forgets the streams that nobody has come back to. */
  expire(): void;
  readonly size: number;
  readonly keptBytes: number;
  stop(): void;
}

/** For all streams together; where there is more, those that ended first are forgotten first. */
export const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const MAX_STREAMS = 10_000;
const EXPIRE_EVERY_MS = 5_000;
/** Names begin anywhere below: ids from before a restart must fit no new stream. */
const FIRST_STREAM_BELOW = 2 ** 47;

/** `now` in Unix milliseconds. */
export function createResumableStreams(now: () => number): ResumableStreams {
  /** By name, in order of opening. */
  const streams = new Map<number, EventStream>();
  let lastName = randomInt(FIRST_STREAM_BELOW);
  let keptBytes = 0;

  const forget = (name: number) => {
    const stream = streams.get(name);
    streams.delete(name);
    stream?.forget();
  };
  const forgetWhere = (predicate: (stream: EventStream) => boolean) => {
    for (const [name, stream] of streams) if (predicate(stream)) forget(name);
  };
  const isTooMuch = () => keptBytes > MAX_KEPT_BYTES || streams.size > MAX_STREAMS;
  const makeRoom = () => {
    if (!isTooMuch()) return;
    forgetWhere((stream) => isTooMuch() && stream.idleSince !== undefined);
    forgetWhere(isTooMuch);
  };
  const expire = () => {
    const before = now() - RESUME_MS;
    forgetWhere(({ idleSince }) => idleSince !== undefined && idleSince <= before);
  };
  const expiry = setInterval(expire, EXPIRE_EVERY_MS).unref();
  return {
    get size() {
      return streams.size;
    },
    get keptBytes() {
      return keptBytes;
    },
    open(options) {
      lastName += 1;
      const name = lastName;
      const stream = new EventStream(
        { ...options, stream: name },
        {
          now,
          onDrop: () => forget(name),
          onBytes(change) {
            keptBytes += change;
            if (change > 0) makeRoom();
          },
        },
      );
      streams.set(name, stream);
      makeRoom();
      return stream;
    },
    find(session, { kind, stream: name }) {
      const stream = streams.get(name);
      return stream?.session === session && stream.kind === kind ? stream : undefined;
    },
    endSession: (session) => forgetWhere((stream) => stream.session === session),
    expire,
    stop: () => clearInterval(expiry),
  };
}
