/** Deadlines: progress extends them, they stand still while somebody holds them, and all ends in time. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Deadline, startDeadline, type TimeLimits } from './deadline.ts';

/** Another deadline, which nobody holds or extends, has expired: the time for the one under test is long over. */
function expiryOf(limits: TimeLimits): Promise<string> {
  return new Promise((resolve) => startDeadline(limits, resolve));
}

it('a held deadline does not expire, and goes on where it stood when all have let go', async () => {
  let isExpired = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = startDeadline({ timeoutMs: 20, totalMs: 60_000 }, () => {
    isExpired = true;
    resolve();
  });
  deadline.hold();
  deadline.hold();
  deadline.release();
  await expiryOf({ timeoutMs: 60, totalMs: 60_000 });
  assert.equal(isExpired, false);
  deadline.release();
  await promise;
});

it('a cleared deadline never expires, whoever lets go of it later', async () => {
  let isExpired = false;
  const deadline = startDeadline({ timeoutMs: 1, totalMs: 1 }, () => {
    isExpired = true;
  });
  deadline.hold();
  deadline.clear();
  deadline.release();
  await expiryOf({ timeoutMs: 20, totalMs: 20 });
  assert.equal(isExpired, false);
});

it('progress begins the time anew, and without it the time runs out', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const startedAt = performance.now();
  const deadline = startDeadline({ timeoutMs: 100, totalMs: 60_000 }, resolve);
  const progress = setInterval(() => deadline.extend(), 10);
  await expiryOf({ timeoutMs: 250, totalMs: 60_000 });
  clearInterval(progress);
  assert.equal(await promise, 'timeoutMs');
  assert.ok(performance.now() - startedAt >= 330);
});

for (const [what, keep] of [
  ['progress', (deadline: Deadline) => setInterval(() => deadline.extend(), 5)],
  ['holding', (deadline: Deadline) => deadline.hold()],
] as const) {
  it(`${what} does not move the end in all`, async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const deadline = startDeadline({ timeoutMs: 50, totalMs: 200 }, resolve);
    const timer = keep(deadline);
    assert.equal(await promise, 'totalMs');
    clearInterval(timer ?? undefined);
  });
}
