/** Opaque, authenticated cursors: a page goes on where the last one ended, under the same filters. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.ts';

export interface Cursors {
  /** `filters` = everything of the query that decides which items come, in canonical form. */
  seal(position: string, filters: string): string;
  /** Throws 400 if the cursor is not ours, or from a query with other filters. */
  open(cursor: string, filters: string): string;
}

const MAC_BYTES = 16;

export function createCursors(key: KeyObject): Cursors {
  const mac = (position: string, filters: string) =>
    createHmac('sha256', key)
      .update(`${position.length}:${position}${filters}`)
      .digest()
      .subarray(0, MAC_BYTES);
  return {
    seal: (position, filters) =>
      Buffer.concat([mac(position, filters), Buffer.from(position)]).toString('base64url'),
    open(cursor, filters) {
      const bytes = Buffer.from(cursor, 'base64url');
      const position = bytes.subarray(MAC_BYTES).toString();
      const given = bytes.subarray(0, MAC_BYTES);
      if (given.length === MAC_BYTES && timingSafeEqual(given, mac(position, filters))) {
        return position;
      }
      const message = 'must be the next_cursor of the page before, with the same filters';
      throw new Problem('invalid-request', '1 field was rejected', {
        errors: [{ in: 'query', pointer: '/cursor', code: 'invalid_cursor', message }],
      });
    },
  };
}
