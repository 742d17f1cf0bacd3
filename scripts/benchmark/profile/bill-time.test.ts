/** Guarantees of the profile summary. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { billTime } from './bill-time.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 6 });

it('time in Node is billed to the function of ours that called it, idle time to nobody', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 6, 7] },
      { id: 2, callFrame: frame('(idle)') },
      {
        id: 3,
        callFrame: frame('sign', 'file:///repo/control-plane/contract/decision.ts'),
        children: [4, 5],
      },
      { id: 4, callFrame: frame('update', 'node:internal/crypto/hash') },
      { id: 5, callFrame: frame('writev') },
      { id: 6, callFrame: frame('write', 'file:///repo/node_modules/undici/lib/client.js') },
      { id: 7, callFrame: frame('parserOnHeaders', 'node:_http_common') },
    ],
    samples: [2, 3, 4, 5, 6, 7],
    timeDeltas: [500, 10, 30, 20, 25, 15],
  };
  assert.deepEqual(billTime(profile, 10), [
    { place: 'control-plane/contract/decision.ts:7 sign', share: 0.4 },
    { place: 'undici', share: 0.25 },
    { place: '(socket writes)', share: 0.2 },
    { place: '(Node itself)', share: 0.15 },
  ]);
});
