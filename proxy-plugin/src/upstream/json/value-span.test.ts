import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replaceSpan, spanOf } from './value-span.ts';

function replaced(json: string): string | undefined {
  const bytes = Buffer.from(json);
  const span = spanOf(bytes, '_meta', 'progressToken');
  return span && replaceSpan(bytes, span, Buffer.from('7')).toString();
}

describe('spanOf', () => {
  it('finds the value two levels down and leaves every other byte alone', () => {
    assert.equal(
      replaced('{"a":{"progressToken":1},"_meta":{"x":[1e400],"progressToken": "t\\"}" ,"y":2}}'),
      '{"a":{"progressToken":1},"_meta":{"x":[1e400],"progressToken": 7 ,"y":2}}',
    );
    assert.equal(replaced('{"_meta":{"progressToken":12}}'), '{"_meta":{"progressToken":7}}');
  });

  it('reads keys written with escapes, and takes the last of several', () => {
    assert.equal(
      replaced('{"_meta":{"progress\\u0054oken":1}}'),
      '{"_meta":{"progress\\u0054oken":7}}',
    );
    assert.equal(
      replaced('{"_meta":{"progressToken":1,"progressToken":2}}'),
      '{"_meta":{"progressToken":1,"progressToken":7}}',
    );
  });

  it('finds nothing elsewhere', () => {
    for (const json of [
      '{}',
      '{"progressToken":1}',
      '{"arguments":{"_meta":{"progressToken":1}}}',
      '{"_meta":[{"progressToken":1}]}',
      '{"_meta":{"a":{"progressToken":1}}}',
      '{"text":"\\"_meta\\":{\\"progressToken\\":1}"}',
    ]) {
      assert.equal(replaced(json), undefined, json);
    }
  });
});
