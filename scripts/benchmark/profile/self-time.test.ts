/** Guarantees of the profile summary. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { selfTimes } from './self-time.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 6 });

it('shares are of the time that was not idle, the most expensive function first', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('parse', 'file:///repo/proxy-plugin/src/mcp/read.ts') },
      { id: 3, callFrame: frame('', 'file:///repo/proxy-plugin/src/mcp/read.ts') },
    ],
    samples: [1, 2, 3, 2],
    timeDeltas: [500, 20, 10, 10],
  };
  assert.deepEqual(selfTimes(profile, 10), [
    { place: 'src/mcp/read.ts:7 parse', share: 0.75 },
    { place: 'src/mcp/read.ts:7 (anonymous)', share: 0.25 },
  ]);
});
