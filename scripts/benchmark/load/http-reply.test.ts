/** Guarantees of the load generator's reply reader: it must neither wait for ever nor count half a reply. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readReply } from './http-reply.ts';

const PLAIN = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nMcp-Session-Id: abc\r\n\r\nhello';
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n';

for (const [name, text] of [
  ['a reply with a length', PLAIN],
  ['a chunked reply', CHUNKED],
] as const) {
  it(`${name} is incomplete at each byte but the last`, () => {
    for (let length = 0; length < text.length; length++) {
      assert.equal(readReply(Buffer.from(text.slice(0, length))), undefined);
    }
    assert.equal(readReply(Buffer.from(text))?.body.toString(), 'hello');
  });
}

it('status and session id are read whatever the case of the header', () => {
  const reply = readReply(Buffer.from(PLAIN.replace('Mcp-Session-Id', 'mcp-session-id')));
  assert.equal(reply?.status, 200);
  assert.equal(reply?.sessionId, 'abc');
});

it('a reply that announces the end of the connection says so', () => {
  const closing = PLAIN.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
  assert.equal(readReply(Buffer.from(closing))?.closes, true);
  assert.equal(readReply(Buffer.from(PLAIN))?.closes, false);
});

it('204 needs no length', () => {
  assert.equal(readReply(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))?.status, 204);
});

it('a reply without a length is an error, not a wait', () => {
  assert.throws(() => readReply(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), /without a length/);
});
