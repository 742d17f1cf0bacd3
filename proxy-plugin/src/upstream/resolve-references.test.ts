import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveReferences } from './resolve-references.ts';

describe('references', () => {
  it('are whole values only, and lead to the value', () => {
    const values = { A: 'env:TOKEN', B: 'an env:TOKEN inside', C: 'plain' };
    const found = resolveReferences('files', 'env', values, (name) => `<${name}>`);
    assert.deepEqual(found, { A: '<TOKEN>', B: 'an env:TOKEN inside', C: 'plain' });
  });

  it('that lead nowhere are told with server, field and variable', () => {
    const resolve = () =>
      resolveReferences('files', 'headers', { 'X-Key': 'env:NO' }, () => undefined);
    assert.throws(
      resolve,
      /Server "files": headers\.X-Key refers to the variable NO, which is not set/,
    );
  });

  it('whose file can’t be read are told with the reason', () => {
    const fail = () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    };
    const resolve = () => resolveReferences('files', 'env', { A: 'env:NO' }, fail);
    assert.throws(resolve, /SLUICE_ENV_FILE names can't be read \(ENOENT\)/);
  });
});
