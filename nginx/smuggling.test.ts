/** Requests that two parsers could read differently end at NGINX, and desynchronise nothing (threat 46). */
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, beforeEach, it } from 'node:test';
import { exchangeBytes, statusesIn } from './testing/exchange-bytes.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { allowHeaders } from './testing/planes.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const target = 'POST /metamcp/dev/mcp HTTP/1.1\r\nHost: localhost\r\n';
const smuggled = 'POST /metamcp/priv/mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n';

const REFUSED: Readonly<Record<string, string>> = {
  'Content-Length with Transfer-Encoding': `${target}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'Transfer-Encoding with Content-Length': `${target}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
  'two different Content-Length headers': `${target}Content-Length: 0\r\nContent-Length: 9\r\n\r\n${smuggled}`,
  'two equal Content-Length headers': `${target}Content-Length: 0\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'a list of Content-Lengths': `${target}Content-Length: 0, 9\r\n\r\n${smuggled}`,
  'a signed Content-Length': `${target}Content-Length: +4\r\n\r\nabcd${smuggled}`,
  'Transfer-Encoding in HTTP/1.0': `POST /metamcp/dev/mcp HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'an unknown Transfer-Encoding': `${target}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'two Transfer-Encodings': `${target}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
  'a folded header': `${target}X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'a space before the colon': `${target}Content-Length : 4\r\n\r\nabcd${smuggled}`,
  'a NUL in a header': `${target}X-Own: a\0b\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'a carriage return in a header': `${target}X-Own: a\rb\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  'a malformed chunk': `${target}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n${smuggled}`,
  'a chunk of negative size': `${target}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n${smuggled}`,
};

for (const [what, bytes] of Object.entries(REFUSED)) {
  it(`${what} is refused, and what follows is not read as a request`, async () => {
    const reply = await exchangeBytes(nginx.port, bytes);
    const [status, ...more] = statusesIn(reply);
    assert.ok(status === 400 || status === 501, reply);
    assert.deepEqual(more, []);
    assert.match(reply, /Content-Type: application\/json\r\n/);
    assert.equal(nginx.planes.received.plugin.length, 0);
  });
}

it('bare line feeds are read as line ends by us as by everybody, and desynchronise nothing', async () => {
  const bytes = `${target.replaceAll('\r', '')}Content-Length: 2\n\n{}${closing('/metamcp/next/mcp')}`;
  assert.deepEqual(statusesIn(await exchangeBytes(nginx.port, bytes)), [200, 200]);
  const got = nginx.planes.received.plugin.map(({ url, body }) => [url, body]);
  assert.deepEqual(got, [
    ['/metamcp/dev/mcp', '{}'],
    ['/metamcp/next/mcp', ''],
  ]);
});

it('a body that looks like a request stays a body', async () => {
  const bytes = `${target}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}${closing('/metamcp/next/mcp')}`;
  assert.deepEqual(statusesIn(await exchangeBytes(nginx.port, bytes)), [200, 200]);
  const [first, second] = nginx.planes.received.plugin;
  assert.deepEqual([first?.url, first?.body], ['/metamcp/dev/mcp', smuggled]);
  assert.equal(second?.url, '/metamcp/next/mcp');
});

it('a refused request with a body leaves the connection in step, towards client and planes', async () => {
  nginx.planes.handle('decision', (request, response) => {
    const refused = request.headers['x-sluice-endpoint'] === 'dev';
    const headers = refused ? { 'X-Sluice-Status': '429' } : allowHeaders('signed');
    response.writeHead(refused ? 403 : 204, headers).end();
  });
  const one = `${target}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`;
  const bytes = `${one}${one}${closing('/metamcp/next/mcp')}`;
  assert.deepEqual(statusesIn(await exchangeBytes(nginx.port, bytes)), [429, 429, 200]);
  assert.deepEqual(
    nginx.planes.received.plugin.map(({ url }) => url),
    ['/metamcp/next/mcp'],
  );
  assert.deepEqual(
    nginx.planes.received.decision.map(({ headers }) => headers['x-sluice-endpoint']?.[0]),
    ['dev', 'dev', 'next'],
  );
});

it('HTTP/2 without TLS, asked of a listener that does not speak it, is refused', async () => {
  const client = connect(`http://127.0.0.1:${nginx.port}`);
  await assert.rejects(
    new Promise((_, reject) => {
      client.on('error', reject).on('close', () => reject(new Error('closed')));
      client.request({ ':path': '/metamcp/dev/mcp' }).on('error', reject);
    }),
  );
  client.destroy();
  assert.equal(nginx.planes.received.decision.length, 0);
});

/** A last request, after which NGINX closes. */
function closing(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
}
