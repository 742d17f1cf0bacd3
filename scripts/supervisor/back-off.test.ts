import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createBackOff, FIRST_DELAY_MS, LONGEST_DELAY_MS, RECOVERED_AFTER_MS } from './back-off.ts';

it('each crash doubles the wait up to the longest, and no crash is the last', () => {
  const nextDelayMs = createBackOff();
  const delays = Array.from({ length: 100 }, () => nextDelayMs(0));
  assert.deepEqual(delays.slice(0, 4), [100, 200, 400, 800]);
  assert.equal(delays.at(-1), LONGEST_DELAY_MS);
});

it('a process that lived long enough starts anew with the shortest wait', () => {
  const nextDelayMs = createBackOff();
  for (let crash = 0; crash < 10; crash++) nextDelayMs(0);
  assert.equal(nextDelayMs(RECOVERED_AFTER_MS), FIRST_DELAY_MS);
  assert.equal(nextDelayMs(0), FIRST_DELAY_MS * 2);
});
