/** Endless replies of a server meet limits, and memory stays flat (threat 12). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, request, type ServerResponse } from 'node:http';
import { after, it } from 'node:test';
import { openSession } from '../scripts/end-to-end/mcp-session.ts';
import { put } from '../scripts/end-to-end/provision.ts';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { PUB, startProduct } from './testing/start-product.ts';

const product = await startProduct();
after(() => product[Symbol.asyncDispose]());
await put(product.gateway, 'servers/rec', {
  transport: 'streamable-http',
  url: product.server.url,
  request_timeout_ms: 4_000,
});
/** Of memory that the sidecar may gain, and of bytes that may be on their way, in all buffers together. */
const MOST_GROWTH_KB = 150_000;
const MOST_UNDER_WAY = 64 * 1024 * 1024;

interface EndlessReply {
  /** Bytes that were taken so far. */
  readonly written: () => number;
  readonly closed: () => boolean;
}

/** The next call is answered with `first` and then `more`, again and again, as fast as it is taken. */
function answerEndlessly(contentType: string, first: string, more: string): EndlessReply {
  let written = 0;
  let closed = false;
  const pump = (response: ServerResponse) => {
    while (!closed) {
      written += more.length;
      if (!response.write(more)) return void response.once('drain', () => pump(response));
    }
  };
  product.server.onCall = (response, { id }) => {
    response.on('close', () => {
      closed = true;
    });
    response.writeHead(200, { 'Content-Type': contentType });
    response.write(first.replace('ID', JSON.stringify(id)));
    pump(response);
  };
  return { written: () => written, closed: () => closed };
}

/** A client that takes the head of the reply and then nothing. */
async function callWithoutReading(): Promise<ClientRequest> {
  const session = await openSession(product.pub, product.key);
  const sent = request({
    host: '127.0.0.1',
    port: product.port,
    path: PUB,
    method: 'POST',
    headers: {
      ...session.headers,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
  });
  sent.on('response', (response) => response.pause()).on('error', () => {});
  sent.end('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rec__echo"}}');
  return sent;
}

async function residentKb(): Promise<number> {
  const status = await readFile(
    `/proc/${product.gateway.processes()['proxy-plugin']}/status`,
    'utf8',
  );
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

it('an endless result is held up by a client that does not read', async () => {
  const head = '{"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"text","text":"';
  const reply = answerEndlessly('application/json', head, 'x'.repeat(64 * 1024));
  const before = await residentKb();
  const sent = await callWithoutReading();
  let last = 0;
  await waitFor(() => {
    const stands = reply.written() > 0 && reply.written() === last;
    last = reply.written();
    return stands;
  }, 'the server to be held up');
  assert.ok(reply.written() < MOST_UNDER_WAY, `${reply.written()} bytes were taken`);
  assert.ok((await residentKb()) - before < MOST_GROWTH_KB);
  sent.destroy();
});

it('an endless stream of messages ends with the time of the call', async () => {
  const message = {
    jsonrpc: '2.0',
    method: 'notifications/message',
    params: { data: 'x'.repeat(60_000) },
  };
  const reply = answerEndlessly('text/event-stream', '', `data: ${JSON.stringify(message)}\n\n`);
  const before = await residentKb();
  const sent = await callWithoutReading();
  await waitFor(() => reply.written() > 0 && reply.closed(), 'the call to time out', 30_000);
  assert.ok((await residentKb()) - before < MOST_GROWTH_KB);
  sent.destroy();
});
