import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eachOf } from './each-of.ts';

it('does everything, in order, and never more than so many at once', async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 50 }, (_, i) => i);
  const doubled = await eachOf(items, 8, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return item * 2;
  });
  assert.deepEqual(
    doubled,
    items.map((item) => item * 2),
  );
  assert.equal(most, 8);
});

it('rejects as the first that does', async () => {
  const failing = eachOf([1, 2, 3], 2, async (item) => {
    if (item === 2) throw new Error('two');
  });
  await assert.rejects(failing, /two/);
});
