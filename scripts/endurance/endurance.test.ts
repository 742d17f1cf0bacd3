/** `./scripts/soak` in short: load over all transports while processes are killed. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runEndurance } from './run-endurance.ts';

const DURATION_MS = 20_000;

it('under load and kill -9 every call is answered or refused clearly, and nothing is left in the end', async () => {
  const { calls, victims, faults, leaks } = await runEndurance(DURATION_MS, 1);
  assert.deepEqual(faults, []);
  assert.deepEqual(leaks, []);
  assert.ok(calls.answered > 100 && victims.length > 0, JSON.stringify({ calls, victims }));
});
