/** Guarantees of circuit breakers: quick to refuse, slow to blame, and never permanent. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCircuits } from './circuits.ts';
import { serverOf } from './testing/test-upstreams.ts';
import type { UpstreamFailure } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';

const REMOTE = serverOf('remote', { transport: 'streamable-http', connectTimeoutMs: 10_000 });
const CHILD = serverOf('child', {});

const failure = (reason: UpstreamFailure['reason']): UpstreamFailure => ({
  reason,
  message: 'Server "remote" is broken.',
  notRun: true,
});

function setUp() {
  const time = { now: 0 };
  const opened: string[] = [];
  const circuits = createCircuits({
    now: () => time.now,
    random: () => 0.5,
    opened: (server) => opened.push(server),
  });
  const fail = (server = REMOTE, reason: UpstreamFailure['reason'] = 'unreachable') =>
    circuits.failed(server, failure(reason));
  const refusal = (server = REMOTE): UpstreamFailure | undefined => {
    try {
      circuits.admit(server);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof UpstreamError);
      return error.failure;
    }
  };
  return { time, opened, circuits, fail, refusal };
}

it('three failures in a row open the circuit, and calls are told of the next try', () => {
  const { opened, fail, refusal } = setUp();
  assert.deepEqual([fail(), fail()], [undefined, undefined]);
  assert.equal(refusal(), undefined);
  assert.equal(fail(), 1_000);
  assert.deepEqual(refusal(), {
    reason: 'down',
    message: 'Server "remote" is broken. The next try is in 1 s.',
    notRun: true,
    retryAfterSeconds: 1,
  });
  assert.deepEqual(opened, ['remote']);
});

it('any answer in between starts the count anew', () => {
  const { circuits, fail, refusal } = setUp();
  for (let i = 0; i < 10; i += 1) {
    fail();
    fail();
    circuits.close('remote');
  }
  assert.equal(refusal(), undefined);
});

it('what depends on the caller never opens it: bad credentials, a crash, a slow tool', () => {
  const { fail, refusal } = setUp();
  for (const reason of [
    'unauthorized',
    'crashed',
    'timeout',
    'disconnected',
    'start_failed',
  ] as const) {
    for (let i = 0; i < 10; i += 1) fail(REMOTE, reason);
  }
  assert.equal(refusal(), undefined);
});

it('a stdio server that does not start is the same for everybody', () => {
  const { fail, refusal } = setUp();
  for (let i = 0; i < 3; i += 1) fail(CHILD, 'start_failed');
  assert.equal(refusal(CHILD)?.reason, 'down');
});

it('one caller at a time tries it again; the others are refused meanwhile', () => {
  const { time, circuits, fail, refusal } = setUp();
  for (let i = 0; i < 3; i += 1) fail();
  time.now = 1_000;
  assert.equal(refusal(), undefined);
  assert.match(refusal()?.message ?? '', /is being tried at this moment/);
  circuits.close('remote');
  assert.deepEqual([refusal(), refusal()], [undefined, undefined]);
});

it('each failed try doubles the pause up to half a minute, and never for ever', () => {
  const { time, circuits, fail, refusal } = setUp();
  for (let i = 0; i < 2; i += 1) fail();
  const pauses = Array.from({ length: 8 }, () => {
    const pause = (fail() ?? 0) - time.now;
    time.now += pause;
    assert.equal(refusal(), undefined);
    return pause;
  });
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  circuits.close('remote');
  for (let i = 0; i < 3; i += 1) fail();
  assert.equal((circuits.nextTryAt('remote') ?? 0) - time.now, 1_000);
});

it('a storm of failures of calls that were under way does not lengthen the pause', () => {
  const { fail } = setUp();
  const ends = Array.from({ length: 50 }, () => fail());
  assert.deepEqual([...new Set(ends)], [undefined, 1_000]);
});

it('a try that tells nothing is followed by another one', () => {
  const { time, fail, refusal } = setUp();
  for (let i = 0; i < 3; i += 1) fail();
  time.now = 1_000;
  assert.equal(refusal(), undefined);
  time.now += REMOTE.connectTimeoutMs;
  assert.equal(refusal(), undefined);
  assert.equal(fail(), time.now + 2_000);
});

it('a slow call that was under way opens no circuit again that is being tried', () => {
  const { time, opened, fail, refusal } = setUp();
  for (let i = 0; i < 3; i += 1) fail();
  time.now = 1_000;
  assert.equal(refusal(), undefined);
  assert.equal(fail(REMOTE, 'timeout'), undefined);
  assert.match(refusal()?.message ?? '', /is being tried at this moment/);
  assert.deepEqual(opened, ['remote']);
});

it('a try that is answered with a refusal of its credentials shows that the server is back', () => {
  const { time, fail, refusal } = setUp();
  for (let i = 0; i < 3; i += 1) fail();
  time.now = 1_000;
  refusal();
  fail(REMOTE, 'unauthorized');
  assert.equal(refusal(), undefined);
});

it('a changed server starts anew, and knows nothing of others', () => {
  const { fail, refusal } = setUp();
  for (let i = 0; i < 3; i += 1) fail();
  assert.equal(refusal({ ...REMOTE, revision: 2 }), undefined);
  assert.equal(refusal({ ...REMOTE, name: 'neighbour' }), undefined);
});
