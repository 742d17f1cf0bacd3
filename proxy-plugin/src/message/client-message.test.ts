import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSeededRandom, type SeededRandom } from '@sluice/contract/testing/seeded-random';
import {
  MAX_DEPTH,
  MessageError,
  paramsWith,
  parsedParams,
  readClientMessage,
  stringField,
} from './client-message.ts';

function read(text: string | Buffer) {
  return readClientMessage(Buffer.from(text));
}

/** Asserts that `text` is refused with `code`, and that the message says `why`. */
function assertRefused(text: string | Buffer, code: number, why: RegExp): void {
  assert.throws(
    () => read(text),
    (error) => error instanceof MessageError && error.code === code && why.test(error.message),
    `${text}`,
  );
}

function call(params: string): string {
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
}

describe('the envelope of a message', () => {
  it('keeps ids in their own bytes: 0, strings, large numbers', () => {
    for (const id of ['0', '"0"', '""', '-1', '12345678901234567890', '1.0e2', '"\\u00e4ß"']) {
      const message = read(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
      assert.equal(message.id?.toString(), id);
    }
  });

  it('tells requests, notifications and responses apart', () => {
    assert.equal(read('{"jsonrpc":"2.0","method":"notifications/initialized"}').id, undefined);
    assert.equal(read('{"jsonrpc":"2.0","id":1,"result":{}}').method, undefined);
    assert.equal(read('{"jsonrpc":"2.0","id":1,"error":{"code":1}}').method, undefined);
  });

  it('refuses what is not one JSON-RPC 2.0 message', () => {
    assertRefused('[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600, /batch/);
    assertRefused('{"id":1,"method":"ping"}', -32600, /jsonrpc/);
    assertRefused('{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, /jsonrpc/);
    assertRefused('{"jsonrpc":2.0,"id":1,"method":"ping"}', -32600, /jsonrpc/);
    assertRefused('{"jsonrpc":"2.0","id":1}', -32600, /method/);
    assertRefused('{"jsonrpc":"2.0","id":1,"method":""}', -32600, /method/);
    assertRefused('{"jsonrpc":"2.0","id":1,"method":["ping"]}', -32600, /method/);
    assertRefused('{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32600, /params/);
    assertRefused('{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, /id/);
    assertRefused('{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, /id/);
    assertRefused(`{"jsonrpc":"2.0","id":"${'i'.repeat(1100)}","method":"ping"}`, -32600, /id/);
    assertRefused('', -32700, /object/);
    assertRefused('"ping"', -32700, /object/);
    assertRefused('{"jsonrpc":"2.0","id":1,"method":"ping"} x', -32700, /follow/);
  });

  it('refuses a key that comes twice, also when one is written with escapes', () => {
    assertRefused('{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}', -32600, /"method".*twice/);
    assertRefused('{"jsonrpc":"2.0","id":1,"method":"a","meth\\u006fd":"b"}', -32600, /twice/);
    assertRefused(call('{"name":"a","name":"b"}'), -32600, /"name".*twice/);
    assertRefused(call('{"name":"a","n\\u0061me":"b"}'), -32600, /twice/);
    assertRefused(call('{"__proto__":1,"__proto__":2}'), -32600, /twice/);
  });

  it('leaves duplicate keys in arguments to the tool', () => {
    const params = '{"name":"t","arguments":{"a":1,"a":2}}';
    assert.equal(paramsWith(read(call(params)), 'name', 't')?.toString(), params);
  });

  it('refuses bytes that are no UTF-8, and a byte order mark', () => {
    assertRefused(Buffer.from('{"jsonrpc":"2.0","method":"\xff"}', 'latin1'), -32700, /UTF-8/);
    assertRefused('\ufeff{"jsonrpc":"2.0","method":"ping"}', -32700, /object/);
  });

  it(`refuses more than ${MAX_DEPTH} containers inside each other, however many there are`, () => {
    const nested = (depth: number) => call(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    read(nested(MAX_DEPTH - 2));
    assertRefused(nested(MAX_DEPTH - 1), -32700, /deep/);
    assertRefused(nested(500_000), -32700, /deep/);
    assertRefused(`{"jsonrpc":${'{"a":'.repeat(500_000)}`, -32700, /deep/);
  });

  it('has nothing to fear from __proto__', () => {
    const message = read(call('{"__proto__":{"name":"evil"},"constructor":"x"}'));
    assert.equal(stringField(message, 'name'), undefined);
    assert.equal(stringField(message, 'toString'), undefined);
    assert.equal(({} as { name?: string }).name, undefined);
    assert.equal(parsedParams(message).name, undefined);
  });
});

describe('params of a message', () => {
  it('are passed on in the same bytes around the name', () => {
    const rest = ' , "arguments" : {"n": 1.0e0, "s":"\\u00e4 ß", "x":{"name":"no"}} ,"_meta":{}}';
    const message = read(call(`{"name" : "git__p\\u0075ll"${rest}`));
    assert.equal(stringField(message, 'name'), 'git__pull');
    assert.equal(
      paramsWith(message, 'name', 'pull "x"')?.toString(),
      `{"name" : "pull \\"x\\""${rest}`,
    );
  });

  it('are undefined where the field is missing, and no string where it is none', () => {
    const message = read(call('{"name":7}'));
    assert.equal(stringField(message, 'name'), undefined);
    assert.equal(paramsWith(message, 'uri', 'x'), undefined);
    assert.equal(paramsWith(read('{"jsonrpc":"2.0","id":1,"method":"a"}'), 'name', 'x'), undefined);
  });

  it('fit one line, so that they can go to a stdio server', () => {
    const message = read(call('{\r\n\t"name":\n"a",\n"arguments":{\n"b":\r[1,\n2]}}'));
    assert.doesNotMatch(paramsWith(message, 'name', 'a')?.toString() ?? '\n', /[\r\n]/);
  });
});

describe('garbage (seeded)', () => {
  it('is refused exactly when JSON.parse refuses it', () => {
    const random = createSeededRandom(42);
    for (let round = 0; round < 5000; round += 1) {
      // Through bytes, as an edit may have cut a surrogate pair in two.
      const text = Buffer.from(mutated(random, call(randomObject(random)))).toString();
      const expected = outcome(() => checked(JSON.parse(text)));
      const actual = outcome(() => checked(parsedMessage(text)));
      if (expected !== actual) assert.equal(actual, expected, text);
    }
  });
});

const KEYS = ['name', 'arguments', 'a', 'b', 'c', '__proto__', 'n\\u0061', 'ä'];
const SCALARS = [
  '1',
  '-0.5e+3',
  '"x"',
  '"\\ud83d\\n"',
  '"ü𝄞"',
  `"${'long enough to be searched, not walked '.repeat(2)}"`,
  `"${'and with an escape far from its start \\t'.repeat(2)}"`,
  'true',
  'false',
  'null',
  '[]',
  '{}',
];
const NOISE = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '.',
  '-',
  'e',
  'u',
  '\n',
  '\t',
  ' ',
  '\u0001',
];

function randomText(random: SeededRandom, depth: number): string {
  if (depth === 0 || random.chance(0.4)) return random.pick(SCALARS);
  if (random.chance(0.4))
    return `[${random.list(3, () => randomText(random, depth - 1)).join(' ,')}]`;
  return randomObject(random, depth);
}

/** Keys differ: duplicates are refused here, and not by JSON.parse. */
function randomObject(random: SeededRandom, depth = 4): string {
  const keys = KEYS.filter(() => random.chance(0.3));
  return `{${keys.map((key) => `"${key}": ${randomText(random, depth - 1)}`).join(',\n')}}`;
}

/** Most texts get a few bytes too many, too few or other ones, behind the envelope's first members. */
function mutated(random: SeededRandom, text: string): string {
  let changed = text;
  for (const edit of random.list(2, () => random.below(3))) {
    const at = 53 + random.below(Math.max(1, changed.length - 53));
    const noise = edit === 0 ? '' : random.pick(NOISE);
    changed = changed.slice(0, at) + noise + changed.slice(edit === 1 ? at : at + 1);
  }
  return changed;
}

function parsedMessage(text: string): unknown {
  const { body } = read(text);
  return JSON.parse(body.toString());
}

/** What both readers must agree on beyond the syntax. */
function checked(value: unknown): unknown {
  const { params } = value as { params?: unknown };
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw new Error('params');
  return value;
}

function outcome(run: () => unknown): string {
  try {
    return JSON.stringify(run());
  } catch {
    return 'refused';
  }
}
