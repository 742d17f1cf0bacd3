import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createSealer, type Place, UnsealError } from './sealer.ts';

const place: Place = { table: 't', row: 'servers/a', field: 'secret_env/TOKEN', version: 1 };

describe('sealed secrets', () => {
  const key = randomBytes(32);
  const sealer = createSealer(key);

  it('open where they were sealed, and look different each time', () => {
    const sealed = sealer.seal('geheim ✓', place);
    assert.equal(sealer.open(sealed, place), 'geheim ✓');
    assert.match(sealed, /^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
    assert.notEqual(sealer.seal('geheim ✓', place), sealed);
    assert.equal(createSealer(key).open(sealed, place), 'geheim ✓');
  });

  it('open nowhere else: not in another row, field or version', () => {
    const sealed = sealer.seal('x', place);
    for (const other of [
      { ...place, row: 'servers/b' },
      { ...place, field: 'secret_env/OTHER' },
      { ...place, version: 2 },
      { ...place, table: 'u' },
      { ...place, row: 'servers/a","secret_env/TOKEN' },
    ]) {
      assert.throws(() => sealer.open(sealed, other), UnsealError);
    }
  });

  it('do not open when a bit is flipped, the tag is cut, or the format is unknown', () => {
    const sealed = sealer.seal('secret', place);
    const [format, id, iv, payload = ''] = sealed.split('.');
    const bytes = Buffer.from(payload, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Buffer.from(bytes);
      flipped[i] = (flipped[i] ?? 0) ^ 1;
      const text = [format, id, iv, flipped.toString('base64url')].join('.');
      assert.throws(() => sealer.open(text, place), UnsealError);
    }
    const cut = bytes.subarray(0, -12).toString('base64url');
    assert.throws(() => sealer.open([format, id, iv, cut].join('.'), place), UnsealError);
    assert.throws(() => sealer.open(sealed.replace('v1', 'v0'), place), UnsealError);
    assert.throws(() => sealer.open('', place), UnsealError);
  });

  it('say so when they were sealed under another key', () => {
    const other = createSealer(randomBytes(32));
    assert.throws(() => other.open(sealer.seal('x', place), place), /another secrets\.key/);
  });
});
