/** Cursors of lists: opaque, and of use only to the session and list they were made for. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createListCursors, type ListCursors } from './list-cursors.ts';
import { openSession } from './session-seal.ts';

const KEY = randomBytes(32);
const PLACE = { page: 3, generation: 'abc=' };

function start(key = KEY): ListCursors {
  const cursors = createListCursors();
  cursors.useKey(key);
  return cursors;
}

describe('a cursor of a list', () => {
  it('leads back to its place, also after a restart and on another replica', () => {
    const cursor = start().write('s', 'tools/list', PLACE);
    assert.deepEqual(start().read('s', 'tools/list', cursor), PLACE);
  });

  it('leads nowhere in another session, for another list, or with another key', () => {
    const cursor = start().write('s', 'tools/list', PLACE);
    assert.equal(start().read('t', 'tools/list', cursor), undefined);
    assert.equal(start().read('s', 'prompts/list', cursor), undefined);
    assert.equal(start(randomBytes(32)).read('s', 'tools/list', cursor), undefined);
  });

  it('shows nothing of what is in it, and is no session id', () => {
    const cursor = start().write('s', 'tools/list', PLACE);
    assert.match(cursor, /^[A-Za-z0-9_-]+$/);
    assert.doesNotMatch(Buffer.from(cursor, 'base64url').toString('latin1'), /abc/);
    assert.equal(openSession(KEY, `tools/list of s.${cursor}`), undefined);
  });

  it('leads nowhere once any part of it was changed', () => {
    const cursor = start().write('s', 'tools/list', PLACE);
    for (let i = 0; i < cursor.length; i += 1) {
      const other = cursor[i] === 'A' ? 'B' : 'A';
      const changed = `${cursor.slice(0, i)}${other}${cursor.slice(i + 1)}`;
      assert.equal(start().read('s', 'tools/list', changed), undefined);
    }
    for (const foreign of ['', ' ', 'eyJwYWdlIjoxfQ', 'A'.repeat(5_000)]) {
      assert.equal(start().read('s', 'tools/list', foreign), undefined);
    }
  });
});
