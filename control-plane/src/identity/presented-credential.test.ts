/** Guarantees about the forms in which clients send a key: each has a defined result. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { presentedCredential } from './presented-credential.ts';

const KEY = 'mm_0123456789';

function read(authorization?: string, apiKey?: string, queryKey?: string) {
  const credential = presentedCredential({ authorization, apiKey, queryKey });
  return credential.form === 'secret' ? credential.secret : credential.form;
}

it('a key is read from each place, with any case of the scheme and any spaces around it', () => {
  for (const text of [`Bearer ${KEY}`, `bearer ${KEY}`, `BEARER   ${KEY}  `, `\tBearer\t${KEY}`]) {
    assert.equal(read(text), KEY, text);
  }
  assert.equal(read(undefined, KEY), KEY);
  assert.equal(read('', ` ${KEY} `), KEY);
  assert.equal(read('', '', KEY), KEY);
});

it('the same key twice is one key, two that differ are refused', () => {
  assert.equal(read(`Bearer ${KEY}`, KEY, KEY), KEY);
  assert.equal(read(`Bearer ${KEY}`, 'other'), 'conflicting');
  assert.equal(read(undefined, KEY, 'other'), 'conflicting');
  assert.equal(read(`Bearer ${KEY}`, undefined, 'other'), 'conflicting');
  assert.equal(read(undefined, undefined, `${KEY} other`), 'conflicting');
});

it('nothing, or a header without a key, is no credential', () => {
  for (const text of [undefined, '', '   ', 'Bearer', 'Bearer ', 'bearer   ']) {
    assert.equal(read(text), 'none', String(text));
  }
  assert.equal(read(undefined, '  ', ''), 'none');
});

it('what cannot be a key is told apart, and never read as one', () => {
  const odd = [
    KEY,
    `Basic ${Buffer.from('a:b').toString('base64')}`,
    `Bearer ${KEY},`,
    `Bearer ${KEY} ${KEY}`,
    `Bearer ${KEY}, Bearer other`,
    `Bearer "${KEY}"`,
    `Bearer ${KEY}\u00e9`,
    `Bearer ${'x'.repeat(513)}`,
    `Token ${KEY}`,
    `Bearer${KEY}`,
  ];
  for (const text of odd) assert.equal(read(text), 'unreadable', text.slice(0, 40));
  assert.equal(read(undefined, `${KEY}, other`), 'unreadable');
});

it('a header of another scheme does not get in the way of a key elsewhere', () => {
  assert.equal(read('Basic YTpi', KEY), KEY);
});
