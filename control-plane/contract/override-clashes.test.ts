import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overrideClashes } from './override-clashes.ts';
import { sampleMember, sampleRules } from './testing/sample-namespace.ts';

const a = { server: 'a', prefix: 'a' };
const b = { server: 'b', prefix: 'b' };

describe('clashes that configuration alone makes', () => {
  it('are two overrides with one name, each with its place', () => {
    const members = [
      sampleMember({ ...a, tools: { x: { name: 'same' } } }),
      sampleMember({ ...b, tools: { y: { name: 'same' }, z: { name: 'other' } } }),
    ];
    assert.deepEqual(overrideClashes(sampleRules({ members })), [
      {
        visibleName: 'same',
        claimants: [
          { member: 0, server: 'a', name: 'x' },
          { member: 1, server: 'b', name: 'y' },
        ],
      },
    ]);
  });

  it('are overrides that take the name of another tool with an override', () => {
    const members = [
      sampleMember({ ...a, tools: { x: { title: 'X' } } }),
      sampleMember({ ...b, tools: { y: { name: 'a__x' } } }),
    ];
    const [clash] = overrideClashes(sampleRules({ members }));
    assert.equal(clash?.visibleName, 'a__x');
  });

  it('are not made by what is hidden, nor by what only servers can tell', () => {
    for (const hidden of [
      { enabled: false, tools: { y: { name: 'same' } } },
      { tools: { y: { name: 'same', enabled: false } } },
      { exclude: ['y'], tools: { y: { name: 'same' } } },
      { prefix: 'a' },
    ]) {
      const members = [
        sampleMember({ ...a, tools: { x: { name: 'same' } } }),
        sampleMember({ ...b, ...hidden }),
      ];
      assert.deepEqual(overrideClashes(sampleRules({ members })), []);
    }
  });
});
