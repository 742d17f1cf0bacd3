import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderSamples } from './render-samples.ts';

describe('samples by name', () => {
  it('become families with their type', () => {
    const text = renderSamples({
      'sluice_decisions_total{outcome="allow",reason=""}': 2,
      sluice_sessions: 1.5,
      'sluice_decisions_total{outcome="deny",reason="x"}': 3,
    });
    assert.equal(
      text,
      `# TYPE sluice_decisions_total counter
sluice_decisions_total{outcome="allow",reason=""} 2
sluice_decisions_total{outcome="deny",reason="x"} 3

# TYPE sluice_sessions gauge
sluice_sessions 1.5
`,
    );
  });

  it('that would break the format are left out', () => {
    for (const name of [
      'up',
      'sluice_a\nsluice_b',
      'sluice_a{x="y"',
      'sluice_a{x="\n"}',
      'sluice_a b',
    ]) {
      assert.equal(renderSamples({ [name]: 1 }), '', name);
    }
    assert.equal(renderSamples({ sluice_a: Number.NaN }), '');
  });
});
