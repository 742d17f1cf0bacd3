/** Streams pass as they come, in both directions, for as long as they live (reference 2.7). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { openStream } from './testing/open-stream.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const path = '/metamcp/dev/mcp';

/** The plugin's side of the next stream. */
function nextStream(headers: Record<string, string> = {}): Promise<ServerResponse> {
  return new Promise((resolve) => {
    nginx.planes.handle('plugin', (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', ...headers }).flushHeaders();
      resolve(response);
    });
  });
}

for (const method of ['GET', 'POST']) {
  it(`each event of a ${method} stream arrives before the next is written`, async () => {
    const opened = nextStream();
    const stream = await openStream({ port: nginx.port, path, method });
    const response = await opened;
    for (const event of ['one', 'two', 'three']) {
      response.write(`data: ${event}\n\n`);
      await stream.received(`data: ${event}\n\n`);
    }
    response.end();
    await stream.ended;
  });

  it(`a client that goes away from a ${method} stream is noticed by the plugin`, async () => {
    const opened = nextStream();
    const stream = await openStream({ port: nginx.port, path, method });
    const response = await opened;
    stream.abort();
    await once(response, 'close');
    assert.equal(response.writableFinished, false);
  });
}

it('the plugin may ask for buffering; it does not get it', async () => {
  const opened = nextStream({ 'X-Accel-Buffering': 'yes' });
  const stream = await openStream({ port: nginx.port, path });
  (await opened).write('data: one\n\n');
  await stream.received('data: one\n\n');
  stream.abort();
});

it('the first byte of a 4 MB reply arrives before its last is written', async () => {
  const opened = nextStream({ 'Content-Type': 'application/json' });
  const stream = await openStream({ port: nginx.port, path, method: 'POST' });
  const response = await opened;
  const half = Buffer.alloc(2 * 1024 * 1024, 'a');
  response.write(half);
  await waitFor(() => stream.size() === half.length, 'the first half');
  response.end(half);
  await stream.ended;
  assert.equal(stream.size(), 2 * half.length);
});

it('a plugin that breaks off mid-stream breaks the stream, never completes it', async () => {
  const opened = nextStream();
  const stream = await openStream({ port: nginx.port, path });
  const response = await opened;
  response.write('data: one\n\n');
  await stream.received('data: one\n\n');
  response.destroy();
  await assert.rejects(stream.ended);
});

it('a silent stream is kept for an hour', async () => {
  const tunables = await readFile(join(nginx.dataDir, 'nginx/tunables-data.conf'), 'utf8');
  assert.match(tunables, /^proxy_read_timeout 1h;/m);
});

it('a body of 1 MB arrives whole', async () => {
  const body = 'x'.repeat(1024 * 1024);
  await send(nginx.port, { path, body });
  assert.equal(nginx.planes.received.plugin[0]?.body, body);
});

it('a body of just 4 MiB is accepted', async () => {
  const body = 'x'.repeat(4 * 1024 * 1024);
  assert.equal((await send(nginx.port, { path, body })).status, 200);
});

it('an endless chunked body is cut off soon after 4 MiB', async () => {
  const sent = request({ port: nginx.port, path, method: 'POST' });
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  const answered = once(sent, 'response');
  const pump = () => {
    while (!sent.destroyed && written < 1024 ** 3) {
      written += chunk.length;
      if (!sent.write(chunk)) return void sent.once('drain', pump);
    }
  };
  sent.on('error', () => {});
  pump();
  const [response] = await answered;
  sent.destroy();
  assert.equal(response.statusCode, 413);
  assert.ok(written < 32 * 1024 * 1024, `${written} bytes`);
  assert.equal(nginx.planes.received.plugin.length, 0);
});
