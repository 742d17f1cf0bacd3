/** Guarantees of the memory of held replies. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHeldReplies } from './held-replies.ts';

const BOUNDS = { all: 10, perPrincipal: 6 };

it('one principal can not take what the others need', () => {
  const memory = createHeldReplies(BOUNDS);
  const first = memory.open('alice');
  assert.equal(first.take(4), true);
  assert.equal(memory.open('alice').take(3), false);
  assert.equal(memory.open('bob').take(6), true);
  assert.equal(memory.open('carol').take(1), false);
  assert.equal(memory.bytes, 10);
});

it('what is freed can be taken again, and is freed once', () => {
  const memory = createHeldReplies(BOUNDS);
  const first = memory.open('alice');
  assert.ok(first.take(4) && first.take(2));
  first.free();
  first.free();
  assert.equal(memory.bytes, 0);
  assert.equal(memory.open('alice').take(6), true);
});
