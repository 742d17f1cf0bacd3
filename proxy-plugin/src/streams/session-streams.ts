/** The streams that sessions listen on, one each: by session, and how many each principal has. */

/** What is known of a stream here. */
interface Identified {
  readonly stream: { readonly session: string; readonly claims: { readonly principal: string } };
}

export interface SessionStreams<Entry> {
  /** There must be no other one of its session. */
  add(entry: Entry): void;
  /** It must be there. */
  remove(entry: Entry): void;
  of(session: string): Entry | undefined;
  all(): Iterable<Entry>;
  countOf(principal: string): number;
  readonly size: number;
}

export function createSessionStreams<Entry extends Identified>(): SessionStreams<Entry> {
  // Not `Slots`: they stay for minutes, not for a call.
  const bySession = new Map<string, Entry>();
  const counts = new Map<string, number>();

  const count = ({ stream: { claims } }: Entry, change: 1 | -1) => {
    const left = (counts.get(claims.principal) ?? 0) + change;
    if (left === 0) counts.delete(claims.principal);
    else counts.set(claims.principal, left);
  };
  return {
    get size() {
      return bySession.size;
    },
    add(entry) {
      bySession.set(entry.stream.session, entry);
      count(entry, 1);
    },
    remove(entry) {
      bySession.delete(entry.stream.session);
      count(entry, -1);
    },
    of: (session) => bySession.get(session),
    all: () => bySession.values(),
    countOf: (principal) => counts.get(principal) ?? 0,
  };
}
