/** Guarantees of the index of limits: what a look-up finds, and what it costs. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { LimitPolicy } from '../decision/policy.ts';
import { sampleLimit } from '../testing/sample-policy.ts';
import { createLimitIndex } from './limit-index.ts';

function indexOf(...policies: readonly LimitPolicy[]) {
  const index = createLimitIndex();
  for (const policy of policies) index.set(policy.name, policy);
  return index;
}

it('ten thousand limits for others cost no more than none', () => {
  let looks = 0;
  const watched = (policy: LimitPolicy): LimitPolicy =>
    Object.defineProperty({ ...policy }, 'tool', {
      get() {
        looks += 1;
        return policy.tool;
      },
    });
  const index = indexOf(watched(sampleLimit('mine', { principal: 'alice' })));
  for (let number = 0; number < 10_000; number += 1) {
    index.set(`p${number}`, watched(sampleLimit(`p${number}`, { principal: `user-${number}` })));
    index.set(`e${number}`, watched(sampleLimit(`e${number}`, { endpoint: `endpoint-${number}` })));
    index.set(
      `t${number}`,
      watched(sampleLimit(`t${number}`, { unit: 'call', tool: `server-${number}/*` })),
    );
  }
  looks = 0;
  assert.equal(index.requestLimits('dev', 'alice').length, 1);
  assert.equal(index.callLimits('dev', 'alice', { server: 'server-7', name: 'x' }).length, 1);
  assert.equal(looks, 2);
});

it('an ask is wanted only where a call limit may match, with the headers it counts by', () => {
  const index = indexOf(
    sampleLimit('a', { unit: 'call', endpoint: 'dev', per: 'header:x-team' }),
    sampleLimit('b', { unit: 'call', principal: 'bob', server: 'github' }),
    sampleLimit('c', { unit: 'request' }),
  );
  assert.deepEqual(index.possibleCallLimits('dev', 'alice'), { any: true, headers: ['x-team'] });
  assert.deepEqual(index.possibleCallLimits('other', 'bob'), { any: true, headers: [] });
  assert.deepEqual(index.possibleCallLimits('other', 'alice'), { any: false, headers: [] });
  index.set('a', null);
  assert.deepEqual(index.possibleCallLimits('dev', 'alice'), { any: false, headers: [] });
});
