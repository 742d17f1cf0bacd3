/** Guarantees about secrets that operators bring along. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { generateApiKey } from './api-key.ts';
import { importRefusal } from './imported-secret.ts';

it('a secret of another gateway needs no prefix', () => {
  assert.equal(importRefusal('sk_mt_0123456789abcdefXYZ', 'client'), undefined);
  assert.equal(importRefusal('a/b+c=d~0123456789', 'client'), undefined);
});

it('a key of ours may be imported where it belongs, and nowhere else', () => {
  assert.equal(importRefusal(generateApiKey('client'), 'client'), undefined);
  assert.match(importRefusal(generateApiKey('admin'), 'client') ?? '', /admin key/);
  assert.match(importRefusal(generateApiKey('client'), 'admin') ?? '', /client key/);
});

it('short, endless, unsendable and mistyped secrets are refused with the reason', () => {
  assert.match(importRefusal('short', 'client') ?? '', /at least 16/);
  assert.match(importRefusal('x'.repeat(513), 'client') ?? '', /at most 512/);
  for (const text of [
    'with space 0123456789',
    'comma,0123456789abc',
    'line\n0123456789abc',
    'ümläut0123456789',
  ]) {
    assert.match(importRefusal(text, 'client') ?? '', /printable/);
  }
  assert.match(importRefusal('mm_0123456789abcdef', 'client') ?? '', /checksum/);
});
