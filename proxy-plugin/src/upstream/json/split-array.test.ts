import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonError } from './json-scanner.ts';
import { isArray, splitArray } from './split-array.ts';

const split = (json: string, most = 9) => splitArray(Buffer.from(json), most).map(String);

describe('a JSON array', () => {
  it('is told by its first byte', () => {
    assert.deepEqual([' \r\n\t[1]', '{"a":[1]}', '', '1'].map(Buffer.from).map(isArray), [
      true,
      false,
      false,
      false,
    ]);
  });

  it('gives its members byte for byte', () => {
    const json = '[ {"a":[1, {"b":"],"}]} ,1.50e1,"\\"[",null , [ [] ] ]';
    assert.deepEqual(split(json), ['{"a":[1, {"b":"],"}]}', '1.50e1', '"\\"["', 'null', '[ [] ]']);
  });

  it('is refused when it is none, empty, too long or broken', () => {
    for (const json of ['{}', '[]', '[1,2,3]', '[1', '[1,]', '[1]]', '[{"a"}]']) {
      assert.throws(() => split(json, 2), JsonError, json);
    }
  });
});
