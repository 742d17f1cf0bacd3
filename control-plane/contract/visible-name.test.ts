import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSeededRandom } from './testing/seeded-random.ts';
import { fitName, isLegalName, visibleName } from './visible-name.ts';

const parts = { prefix: 'github', separator: '__', name: 'search' };

describe('visible names', () => {
  it('put the prefix and the separator in front', () => {
    assert.equal(visibleName(parts, 64), 'github__search');
    assert.equal(visibleName({ ...parts, separator: '.' }, 64), 'github.search');
    assert.equal(visibleName({ ...parts, prefix: '' }, 64), 'search');
  });

  it('keep every legal character and exactly the longest legal name', () => {
    const name = 'aZ09_.-';
    assert.equal(visibleName({ ...parts, prefix: '', name }, 64), name);
    assert.equal(fitName('n'.repeat(64), 64), 'n'.repeat(64));
  });

  it('are shortened to the same name in every process', () => {
    assert.equal(fitName('n'.repeat(65), 64), `${'n'.repeat(55)}_1e3fb6d5`);
  });

  it('stay apart when they differ after the cut or in foreign letters', () => {
    assert.notEqual(fitName(`${'n'.repeat(80)}a`, 64), fitName(`${'n'.repeat(80)}b`, 64));
    assert.notEqual(fitName('コード', 64), fitName('レビュ', 64));
    assert.match(fitName('repo/read', 64), /^repo_read_[0-9a-f]{8}$/);
    assert.match(fitName('', 64), /^_[0-9a-f]{8}$/);
  });

  it('are always legal, whatever upstreams call their tools', () => {
    const random = createSeededRandom(3);
    for (let round = 0; round < 2_000; round++) {
      const name = random.list(90, () => random.pick([...'aZ_-./ \né🙂"\\\0'])).join('');
      const maxLength = random.pick([1, 8, 16, 64, 128]);
      assert.ok(isLegalName(fitName(name, maxLength), maxLength), JSON.stringify(name));
    }
  });
});
