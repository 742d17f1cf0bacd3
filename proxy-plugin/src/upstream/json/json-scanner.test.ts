import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonError, JsonScanner, MAX_DEPTH } from './json-scanner.ts';

/** A deterministic generator, so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomValue(random: () => number, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 4 ? 5 : 7));
  const strings = [
    '',
    'a',
    '"',
    '\\',
    '\\"',
    'x\\',
    'é€😀',
    '\u2028',
    'long '.repeat(20),
    '{"id":1}',
  ];
  if (kind === 0) return null;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return Math.floor(random() * 1e6) - 5e5;
  if (kind === 3) return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
  if (kind === 4) return strings[Math.floor(random() * strings.length)];
  const items = Array.from({ length: Math.floor(random() * 5) }, () =>
    randomValue(random, depth + 1),
  );
  if (kind === 5) return items;
  return Object.fromEntries(items.map((item, i) => [`${strings[i]}k${i}`, item]));
}

function accepts(bytes: Buffer, cuts: readonly number[]): boolean {
  const scanner = new JsonScanner({ key() {}, valueStart() {}, valueEnd() {} });
  try {
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      scanner.push(Buffer.from(bytes.subarray(from, cut)));
      from = cut;
    }
    scanner.end();
    return true;
  } catch (error) {
    assert.ok(error instanceof JsonError);
    return false;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JsonScanner', () => {
  it('accepts what JSON.parse accepts, over any chunking', () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 400; round += 1) {
      const value = randomValue(random);
      const bytes = Buffer.from(JSON.stringify(value, null, round % 3));
      const cuts = Array.from({ length: round % 6 }, () => Math.floor(random() * bytes.length));
      assert.ok(
        accepts(
          bytes,
          cuts.sort((a, b) => a - b),
        ),
        bytes.toString(),
      );
      assert.ok(accepts(bytes, bytes.length < 500 ? [...bytes.keys()] : []), bytes.toString());
    }
  });

  it('refuses what JSON.parse refuses when a byte is changed, beyond numbers and escapes', () => {
    const random = randomNumbers(11);
    for (let round = 0; round < 2_000; round += 1) {
      const bytes = Buffer.from(JSON.stringify(randomValue(random)));
      const at = Math.floor(random() * bytes.length);
      bytes[at] = '{}[],:"tfn x'.charCodeAt(Math.floor(random() * 12));
      const text = bytes.toString();
      // A number or an escape is checked by its alphabet only: those are left out here.
      if (/[-\d]|\\/.test(text)) continue;
      assert.equal(accepts(bytes, [at]), parses(text), text);
    }
  });

  for (const text of [
    '',
    ' ',
    '{',
    '}',
    '[1,]',
    '{"a":1,}',
    '{"a"}',
    '{"a" 1}',
    '[1 2]',
    '1 2',
    'tru',
    'nul',
    '"',
    '"a',
    '[}',
    '{]',
    '{"a":}',
    'truee',
    '[true false]',
    '{1:2}',
    "'a'",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.equal(accepts(Buffer.from(text), []), false));
  }

  it('turns line breaks between tokens into spaces and refuses them inside strings', () => {
    const chunk = Buffer.from('{\r\n "a":\n1}\n');
    const scanner = new JsonScanner({ key() {}, valueStart() {}, valueEnd() {} });
    scanner.push(chunk);
    scanner.end();
    assert.equal(chunk.toString(), '{   "a": 1} ');
    assert.equal(accepts(Buffer.from('{"a":"x\ny"}'), []), false);
    assert.equal(accepts(Buffer.from('{"a":"x\\\ny"}'), [8]), false);
  });

  it('refuses nesting beyond its bound without recursion', () => {
    const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    assert.equal(accepts(nested(MAX_DEPTH), []), true);
    assert.equal(accepts(nested(MAX_DEPTH + 1), []), false);
    assert.equal(accepts(nested(500_000), []), false);
  });
});
