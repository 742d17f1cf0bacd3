/** Guarantees of the buckets in memory. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { BucketStore, Charge, Standing } from './bucket-store.ts';
import { createMemoryBuckets } from './memory-buckets.ts';

function setUp(capacity = 1_000) {
  const time = { now: 1_000_000 };
  const buckets = createMemoryBuckets({ clock: () => time.now, capacity });
  return { time, buckets };
}

function charge(buckets: BucketStore, ...charges: readonly Charge[]): readonly Standing[] {
  let result: readonly Standing[] = [];
  buckets.charge(charges, (standings) => {
    result = standings;
  });
  return result;
}

function peek(buckets: BucketStore, ...charges: readonly Charge[]): readonly Standing[] {
  let result: readonly Standing[] = [];
  buckets.peek(charges, (standings) => {
    result = standings;
  });
  return result;
}

const rule = (bucket: string, intervalMs: number, burst: number, observed = false): Charge => ({
  bucket,
  intervalMs,
  burst,
  observed,
});

/** A small seeded generator: a failing run can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

it('never allows more than burst + rate × time, and always as much for one who waits', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const next = random(seed);
    const { time, buckets } = setUp();
    const intervalMs = 1 + Math.floor(next() * 5_000);
    const burst = 1 + Math.floor(next() * 20);
    const start = time.now;
    let allowed = 0;
    for (let step = 0; step < 400; step += 1) {
      time.now += next() * intervalMs * 2 * (step % 7 === 0 ? 1 : 0.2);
      const [standing] = charge(buckets, rule('b', intervalMs, burst));
      if (standing?.exceeded === false) allowed += 1;
      const most = burst + (time.now - start) / intervalMs + 1e-6;
      assert.ok(allowed <= most, `seed ${seed}: ${allowed} allowed, ${most} at most`);
      if (standing?.exceeded) {
        time.now += standing.nextMs;
        assert.equal(
          charge(buckets, rule('b', intervalMs, burst))[0]?.exceeded,
          false,
          `seed ${seed}`,
        );
        allowed += 1;
      }
    }
  }
});

it('a burst is exactly as large as it says, and the remaining units count down to zero', () => {
  const { buckets } = setUp();
  const remaining = Array.from(
    { length: 5 },
    () => charge(buckets, rule('b', 100, 5))[0]?.remaining,
  );
  assert.deepEqual(remaining, [4, 3, 2, 1, 0]);
  const [refused] = charge(buckets, rule('b', 100, 5));
  assert.deepEqual(refused, { exceeded: true, remaining: 0, nextMs: 100 });
});

it('one exceeded bucket of several charges none of them', () => {
  const { buckets } = setUp();
  charge(buckets, rule('small', 1_000, 1));
  const before = peek(buckets, rule('large', 1_000, 10));
  const standings = charge(
    buckets,
    rule('large', 1_000, 10),
    rule('small', 1_000, 1),
    rule('other', 1, 1),
  );
  assert.deepEqual(
    standings.map(({ exceeded }) => exceeded),
    [false, true, false],
  );
  assert.deepEqual(peek(buckets, rule('large', 1_000, 10)), before);
  assert.equal(charge(buckets, rule('other', 1, 1))[0]?.exceeded, false);
});

it('an observed bucket refuses nothing and stands as if it were enforced', () => {
  const { buckets, time } = setUp();
  const observed = rule('observed', 1_000, 2, true);
  const results = Array.from(
    { length: 4 },
    () => charge(buckets, observed, rule('other', 1, 100))[0]?.exceeded,
  );
  assert.deepEqual(results, [false, false, true, true]);
  assert.equal(peek(buckets, rule('other', 1, 100))[0]?.remaining, 96);
  time.now += 1_000;
  assert.equal(charge(buckets, observed)[0]?.exceeded, false);
});

it('looking at a bucket charges nothing', () => {
  const { buckets } = setUp();
  for (let round = 0; round < 5; round += 1) {
    assert.equal(peek(buckets, rule('b', 1_000, 1))[0]?.exceeded, false);
  }
  assert.equal(buckets.size, 0);
});

it('a clock that jumps back locks nobody out for longer than a full bucket takes', () => {
  const { buckets, time } = setUp();
  for (let round = 0; round < 3; round += 1) charge(buckets, rule('b', 1_000, 3));
  time.now -= 86_400_000;
  for (let round = 0; round < 4; round += 1) {
    assert.equal(charge(buckets, rule('b', 1_000, 3))[0]?.exceeded, true);
    time.now += 250;
  }
  assert.equal(charge(buckets, rule('b', 1_000, 3))[0]?.exceeded, false);
});

it('an edited limit acts at once and keeps what was used', () => {
  const { buckets, time } = setUp();
  for (let round = 0; round < 5; round += 1) charge(buckets, rule('b', 1_000, 10));
  // Slower and the same burst: five used are five used.
  assert.equal(peek(buckets, rule('b', 60_000, 10))[0]?.remaining, 5);
  // A smaller burst is full, a larger one has room.
  assert.equal(peek(buckets, rule('b', 1_000, 3))[0]?.exceeded, true);
  assert.equal(peek(buckets, rule('b', 1_000, 20))[0]?.remaining, 15);
  // Loosened from an hour to a second: nobody waits for an hour any more.
  for (let round = 0; round < 5; round += 1) charge(buckets, rule('hour', 3_600_000, 5));
  assert.equal(charge(buckets, rule('hour', 1_000, 5))[0]?.nextMs, 1_000);
  time.now += 1_000;
  assert.equal(charge(buckets, rule('hour', 1_000, 5))[0]?.exceeded, false);
});

it('empty buckets are forgotten, a slice at a time, and full ones are not', () => {
  const { buckets, time } = setUp(10_000);
  for (let index = 0; index < 1_000; index += 1) charge(buckets, rule(`short-${index}`, 10, 5));
  charge(buckets, rule('long', 60_000, 5));
  time.now += 1_000;
  buckets.sweep(100);
  assert.equal(buckets.size, 901);
  for (let round = 0; round < 12; round += 1) buckets.sweep(100);
  assert.equal(buckets.size, 1);
});

it('a flood of names stays within the capacity and does not empty a busy bucket', () => {
  const { buckets } = setUp(100);
  for (let round = 0; round < 10; round += 1) charge(buckets, rule('busy', 1_000, 10));
  for (let index = 0; index < 5_000; index += 1) charge(buckets, rule(`flood-${index}`, 1_000, 10));
  assert.equal(buckets.size, 100);
  assert.equal(charge(buckets, rule('busy', 1_000, 10))[0]?.exceeded, true);
});
