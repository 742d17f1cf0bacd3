import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesAnyGlob, matchesGlob } from './glob.ts';
import { createSeededRandom } from './testing/seeded-random.ts';

/** The definition, by trying everything: for short texts only. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') {
    const rest = pattern.slice(1);
    return Array.from({ length: text.length + 1 }).some((_, skipped) =>
      matchesByDefinition(rest, text.slice(skipped)),
    );
  }
  return text[0] === pattern[0] && matchesByDefinition(pattern.slice(1), text.slice(1));
}

describe('globs', () => {
  it('match as the definition says, for thousands of random patterns', () => {
    const random = createSeededRandom(1);
    for (let round = 0; round < 20_000; round++) {
      const pattern = random.list(6, () => random.pick(['a', 'b', '*'])).join('');
      const text = random.list(7, () => random.pick(['a', 'b'])).join('');
      const expected = matchesByDefinition(pattern, text);
      assert.equal(matchesGlob(pattern, text), expected, `${pattern} on ${text}`);
    }
  });

  it('take everything but the star literally', () => {
    for (const literal of ['a.c', 'a?c', '[abc]', '(a|b)+', '^a$', 'a\\*', '{a}']) {
      assert.ok(matchesGlob(literal.replaceAll('*', ''), literal.replaceAll('*', '')));
    }
    assert.ok(!matchesGlob('a.c', 'abc'));
    assert.ok(!matchesGlob('a?c', 'abc'));
    assert.ok(!matchesGlob('Github/*', 'github/x'));
    assert.ok(matchesGlob('a*c', 'a\n/\u2028c'));
  });

  it('do not match the same characters twice', () => {
    assert.ok(!matchesGlob('ab*ba', 'aba'));
    assert.ok(!matchesGlob('a*a', 'a'));
    assert.ok(matchesGlob('a*a', 'aa'));
  });

  it('answer hostile patterns on long texts at once', () => {
    const text = 'a'.repeat(20_000);
    const started = performance.now();
    assert.ok(!matchesGlob(`${'*a'.repeat(2_000)}*b`, text));
    assert.ok(!matchesGlob(`${'a*'.repeat(2_000)}b`, text));
    assert.ok(matchesGlob('*'.repeat(20_000), text));
    assert.ok(performance.now() - started < 500);
  });

  it('match any of several, and none of none', () => {
    assert.ok(matchesAnyGlob(['x', 'git*'], 'github'));
    assert.ok(!matchesAnyGlob([], 'github'));
  });
});
