import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASONS, type Reason, refusalBody } from './reasons.ts';

describe('a refusal', () => {
  it('is a JSON-RPC error without id that names its reason', () => {
    assert.deepEqual(JSON.parse(refusalBody('limit_exceeded', 'wait', { limit: 'l' })), {
      jsonrpc: '2.0',
      error: { code: 429, message: 'wait', data: { reason: 'limit_exceeded', limit: 'l' } },
    });
  });

  it('is printable ASCII, because it rides in a header', () => {
    const message = 'no "dev"\r\nX-Evil: 1 \u007f é 🙂 \u2028';
    const body = refusalBody('endpoint_not_found', message);
    assert.match(body, /^[\x20-\x7e]+$/);
    assert.equal((JSON.parse(body) as { error: { message: string } }).error.message, message);
  });

  it('has a code outside the range that JSON-RPC reserves', () => {
    for (const reason of Object.keys(REASONS) as Reason[]) {
      const { code } = JSON.parse(refusalBody(reason, '')).error as { code: number };
      assert.ok(code < -32768 || code > -32000, reason);
    }
  });
});
