/** Guarantees of the index of upstreams. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PooledUpstream } from './pooled-upstream.ts';
import { serverOf } from './testing/test-upstreams.ts';
import { UpstreamIndex } from './upstream-index.ts';

const server = serverOf('git', {});
const upstream = (key: string, session?: string) =>
  new PooledUpstream({ key, session, server, principal: 'alice' });

it('a session finds its own upstreams, and those that it may share with others apart from them', () => {
  const index = new UpstreamIndex();
  const [own, other, shared] = [upstream('a', '1'), upstream('b', '2'), upstream('c')];
  for (const each of [own, other, shared]) index.add(each);
  assert.deepEqual(index.ofSession('1'), [own]);
  assert.deepEqual(index.ofSession(undefined), [shared]);
  assert.deepEqual(index.ofSession('3'), []);
  assert.equal(index.get('b'), other);
});

it('an upstream that went late leaves the one that took its place', () => {
  const index = new UpstreamIndex();
  const [former, next] = [upstream('a', '1'), upstream('a', '1')];
  index.add(former);
  index.delete(former);
  index.add(next);
  index.delete(former);
  assert.deepEqual([index.ofSession('1'), index.size], [[next], 1]);
  index.delete(next);
  assert.deepEqual([index.ofSession('1'), index.size], [[], 0]);
});
