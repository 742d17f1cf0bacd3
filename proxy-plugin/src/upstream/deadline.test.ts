/** Deadlines: they stand still while somebody holds them. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDeadline } from './deadline.ts';

it('a held deadline does not expire, and goes on where it stood when all have let go', async () => {
  let isExpired = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = startDeadline(20, () => {
    isExpired = true;
    resolve();
  });
  deadline.hold();
  deadline.hold();
  deadline.release();
  await sleep(60);
  assert.equal(isExpired, false);
  deadline.release();
  await promise;
});

it('a cleared deadline never expires, whoever lets go of it later', async () => {
  let isExpired = false;
  const deadline = startDeadline(1, () => {
    isExpired = true;
  });
  deadline.hold();
  deadline.clear();
  deadline.release();
  await sleep(20);
  assert.equal(isExpired, false);
});
