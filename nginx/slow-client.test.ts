/** Clients that are slow on purpose hold nothing for long (threat 12). */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { exchangeBytes } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';

const nginx = await startNginx({
  async edit({ prefix }) {
    const file = join(prefix, 'tunables-data.conf');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('client_body_timeout 15s', 'client_body_timeout 300ms'));
    return undefined;
  },
});
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const head = 'POST /metamcp/dev/mcp HTTP/1.1\r\nHost: localhost\r\n';

it('a body that stops coming is dropped, and the plugin never hears of it', async () => {
  for (const body of ['Content-Length: 100\r\n\r\n{', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{']) {
    assert.equal(await exchangeBytes(nginx.port, head + body), '');
  }
  assert.equal(nginx.planes.received.plugin.length, 0);
});

it('slow uploads hold up nobody else', async () => {
  const slow = Array.from({ length: 50 }, () => {
    const socket = connect(nginx.port, '127.0.0.1');
    socket.on('error', () => {}).write(`${head}Content-Length: 100\r\n\r\n{`);
    return socket;
  });
  const closing = head.replace('POST', 'GET');
  const reply = await exchangeBytes(nginx.port, `${closing}Connection: close\r\n\r\n`);
  assert.match(reply, /^HTTP\/1\.1 200 /);
  for (const socket of slow) socket.destroy();
});
