/** The streams that sessions listen on: by session, and how many each principal has. */

/** What is known of a stream here. */
interface Identified {
  readonly session: string;
  readonly claims: { readonly principal: string };
}

export interface SessionStreams<Stream> {
  add(stream: Stream): void;
  remove(stream: Stream): void;
  /** The latest one of the session. */
  of(session: string): Stream | undefined;
  countOf(principal: string): number;
  readonly size: number;
}

export function createSessionStreams<Stream extends Identified>(): SessionStreams<Stream> {
  const bySession = new Map<string, Stream>();
  const counts = new Map<string, number>();
  let size = 0;

  const count = ({ claims: { principal } }: Stream, change: 1 | -1) => {
    const left = (counts.get(principal) ?? 0) + change;
    size += change;
    if (left === 0) counts.delete(principal);
    else counts.set(principal, left);
  };
  return {
    get size() {
      return size;
    },
    add(stream) {
      bySession.set(stream.session, stream);
      count(stream, 1);
    },
    remove(stream) {
      // A newer one may have its place.
      if (bySession.get(stream.session) === stream) bySession.delete(stream.session);
      count(stream, -1);
    },
    of: (session) => bySession.get(session),
    countOf: (principal) => counts.get(principal) ?? 0,
  };
}
