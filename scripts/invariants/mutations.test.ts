import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { applyMutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('mutations of the invariants', () => {
  for (const mutation of MUTATIONS) {
    it(`still fits the sources: ${mutation.invariant}`, () => {
      const source = readFileSync(path.join(root, mutation.file), 'utf8');
      assert.notEqual(applyMutation(mutation, source), source);
      for (const test of mutation.tests) assert.ok(existsSync(path.join(root, test)), test);
    });
  }

  it('covers every invariant of the design', () => {
    const numbers = new Set(MUTATIONS.map((mutation) => Number.parseInt(mutation.invariant, 10)));
    for (let number = 1; number <= 11; number++) {
      assert.ok(numbers.has(number), `invariant ${number} has no mutation`);
    }
  });
});
