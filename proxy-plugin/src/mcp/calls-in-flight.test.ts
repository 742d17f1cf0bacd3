import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunningCall } from '../upstream/upstream.ts';
import {
  type ClaimedCall,
  createCallsInFlight,
  MAX_BYTES,
  MAX_BYTES_PER_PRINCIPAL,
  MAX_CALLS_PER_PRINCIPAL,
} from './calls-in-flight.ts';

const ALICE = { principal: 'alice', session: 's1' };

function runningCall(): RunningCall & { readonly reasons: string[] } {
  const reasons: string[] = [];
  return { reasons, cancel: (reason) => void reasons.push(reason), resume() {} };
}

function claimed(claim: ClaimedCall | string): ClaimedCall {
  return typeof claim === 'string' ? assert.fail(claim) : claim;
}

describe('calls in flight', () => {
  it('have one id each in a session, however it is spelled', () => {
    const calls = createCallsInFlight();
    const first = claimed(calls.claim(ALICE, Buffer.from('"a"'), 100));
    assert.equal(calls.claim(ALICE, Buffer.from('"\\u0061"'), 100), 'same_id');
    claimed(calls.claim({ ...ALICE, session: 's2' }, Buffer.from('"a"'), 100));
    claimed(calls.claim(ALICE, Buffer.from('1'), 100));
    assert.equal(calls.claim(ALICE, Buffer.from('1.0'), 100), 'same_id');
    claimed(calls.claim(ALICE, Buffer.from('"1"'), 100));
    first.finished();
    claimed(calls.claim(ALICE, Buffer.from('"a"'), 100));
  });

  it('are cancelled once they run, also when the wish came before', () => {
    const calls = createCallsInFlight();
    const call = claimed(calls.claim(ALICE, Buffer.from('1'), 100));
    calls.cancel('s2', '1', 'other session');
    calls.cancel('s1', '2', 'other call');
    calls.cancel('s1', '1', 'early');
    const running = runningCall();
    call.started(running);
    calls.cancel('s1', '1', 'late');
    call.finished();
    calls.cancel('s1', '1', 'too late');
    assert.deepEqual(running.reasons, ['early', 'late']);
  });

  it('are bounded per principal over all of its sessions', () => {
    const calls = createCallsInFlight();
    const claims = Array.from({ length: MAX_CALLS_PER_PRINCIPAL }, (_, i) =>
      claimed(calls.claim({ ...ALICE, session: `s${i % 7}` }, Buffer.from(String(i)), 100)),
    );
    assert.equal(calls.claim(ALICE, Buffer.from('"x"'), 100), 'too_many');
    claimed(calls.claim({ principal: 'bob', session: 'b1' }, Buffer.from('"x"'), 100));
    claims[0]?.finished();
    claims[0]?.finished();
    claimed(calls.claim(ALICE, Buffer.from('"x"'), 100));
    assert.equal(calls.claim(ALICE, Buffer.from('"y"'), 100), 'too_many');
    assert.equal(calls.size, MAX_CALLS_PER_PRINCIPAL + 1);
  });

  it('are bounded in bytes, per principal and in all', () => {
    const calls = createCallsInFlight();
    const of = (principal: string, id: number, bytes: number) =>
      calls.claim({ principal, session: principal }, Buffer.from(String(id)), bytes);
    const first = claimed(of('p0', 1, MAX_BYTES_PER_PRINCIPAL));
    assert.equal(of('p0', 2, 1), 'too_many');
    first.finished();
    const fitting = MAX_BYTES / MAX_BYTES_PER_PRINCIPAL;
    for (let i = 0; i < fitting; i += 1) claimed(of(`p${i}`, 3, MAX_BYTES_PER_PRINCIPAL));
    assert.equal(of('late', 1, 1), 'too_many');
  });
});
