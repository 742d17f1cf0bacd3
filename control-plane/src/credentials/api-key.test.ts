/** Guarantees of the API key format. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formOfApiKey, generateApiKey } from './api-key.ts';

it('a generated key has its prefix, 38 base62 characters and a true checksum', () => {
  for (let round = 0; round < 200; round += 1) {
    const client = generateApiKey('client');
    assert.match(client, /^mm_[0-9A-Za-z]{38}$/);
    assert.equal(formOfApiKey(client), 'client');
    const admin = generateApiKey('admin');
    assert.match(admin, /^mma_[0-9A-Za-z]{38}$/);
    assert.equal(formOfApiKey(admin), 'admin');
  }
});

it('no two keys are alike and every character of the alphabet turns up', () => {
  const keys = Array.from({ length: 500 }, () => generateApiKey('client'));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(new Set(keys.map((key) => key.slice(3, 35)).join('')).size, 62);
});

it('every change of one character is told from a key without a look-up', () => {
  const key = generateApiKey('client');
  for (let position = 3; position < key.length; position += 1) {
    const other = key[position] === 'a' ? 'b' : 'a';
    const typo = key.slice(0, position) + other + key.slice(position + 1);
    assert.equal(formOfApiKey(typo), 'malformed', `position ${position}`);
  }
});

it('cut, stretched and prefix-only keys are malformed; others are foreign', () => {
  const key = generateApiKey('client');
  for (const text of [
    'mm_',
    'mma_',
    key.slice(0, -1),
    `${key}x`,
    `${key},`,
    `mma_${key.slice(3)}`,
  ]) {
    assert.equal(formOfApiKey(text), 'malformed', text.length.toString());
  }
  for (const text of ['', 'sk_mt_0123456789abcdef', 'MM_x', ` ${key}`]) {
    assert.equal(formOfApiKey(text), 'foreign');
  }
});
