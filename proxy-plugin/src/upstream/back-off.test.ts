import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBackOff } from './back-off.ts';
import type { UpstreamFailure } from './upstream.ts';

const failure: UpstreamFailure = { reason: 'crashed', message: 'x', notRun: false };

describe('back-off', () => {
  it('doubles up to 30 s, and is never for ever', () => {
    let now = 0;
    const backOff = createBackOff({ now: () => now, random: () => 0.5 });
    const delays = Array.from({ length: 12 }, () => {
      const delay = backOff.failed('a', failure) - now;
      now += delay;
      return delay;
    });
    assert.deepEqual(delays.slice(0, 4), [250, 500, 1_000, 2_000]);
    assert.equal(delays.at(-1), 30_000);
    assert.equal(backOff.pending('a'), undefined);
  });

  it('spreads by a quarter up and down', () => {
    const delay = (random: number) =>
      createBackOff({ now: () => 0, random: () => random }).failed('a', failure);
    assert.equal(delay(0), 188);
    assert.equal(delay(0.999), 312);
  });

  it('starts anew when it is told to, and after a quiet minute', () => {
    let now = 0;
    const backOff = createBackOff({ now: () => now, random: () => 0.5 });
    backOff.failed('a', failure);
    backOff.failed('b', failure);
    backOff.forget((key) => key === 'a');
    assert.equal(backOff.failed('a', failure), 250);
    assert.equal(backOff.failed('b', failure), 500);
    now = 61_000;
    assert.equal(backOff.failed('a', failure) - now, 250);
  });

  it('remembers a bounded number of keys', () => {
    const backOff = createBackOff({ now: () => 0, random: () => 0.5 });
    for (let i = 0; i < 10_001; i += 1) backOff.failed(`key ${i}`, failure);
    assert.equal(backOff.pending('key 0'), undefined);
    assert.notEqual(backOff.pending('key 1'), undefined);
  });
});
