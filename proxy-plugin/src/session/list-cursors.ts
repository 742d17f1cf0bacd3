/** Cursors of lists: where a session's next page begins, sealed, and of use only while the list is the same. */
import { hkdfSync } from 'node:crypto';
import { seal, unseal } from './seal.ts';

/** Where the rest of a list is. */
export interface ListPlace {
  /** Number of the page, the first one is 0. */
  readonly page: number;
  /** Of the list that was begun: the pages of another one do not continue it. */
  readonly generation: string;
}

export interface ListCursors {
  /** The key of the installation has arrived or changed. */
  useKey(key: Buffer): void;
  /** `session` is one of its principal on its endpoint, so a cursor is bound to these as well. */
  write(session: string, method: string, place: ListPlace): string;
  /** Undefined when it was not made for this session and list, or has been tampered with. */
  read(session: string, method: string, cursor: string): ListPlace | undefined;
}

type Sealed = readonly [page: number, generation: string];

export function createListCursors(): ListCursors {
  let key: Buffer | undefined;
  return {
    useKey(next) {
      // A key of their own: what clients say is a session id never opens as one of these.
      key = Buffer.from(hkdfSync('sha256', next, '', 'sluice list cursors', next.length));
    },
    write(session, method, { page, generation }) {
      // The key comes with the first configuration, and no request is believed before that.
      if (!key) throw new Error('unreachable: a cursor before the session key');
      const sealed: Sealed = [page, generation];
      return seal(key, contextOf(session, method), JSON.stringify(sealed));
    },
    read(session, method, cursor) {
      const text = key && unseal(key, contextOf(session, method), cursor);
      if (text === undefined) return undefined;
      const [page, generation] = JSON.parse(text) as Sealed;
      return { page, generation };
    },
  };
}

function contextOf(session: string, method: string): string {
  return `${method} of ${session}`;
}
