import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../upstream/testing/test-upstreams.ts';
import { SseReply } from './sse-reply.ts';
import { createSseStream, type SseStream } from './sse-stream.ts';

const server = createServer();

interface Connection {
  readonly stream: SseStream;
  readonly response: ServerResponse;
  readonly received: IncomingMessage;
  /** All that the client has read so far. */
  text(): string;
}

/** A stream over a real connection, whose client reads from the start unless `lazy`. */
async function connect({ lazy = false } = {}): Promise<Connection> {
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, agent: false }).end();
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  response.writeHead(200).flushHeaders();
  const [received] = (await once(sent, 'response')) as [IncomingMessage];
  received.on('error', () => {});
  let text = '';
  if (!lazy) received.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { stream: createSseStream(response), response, received, text: () => text };
}

function reply(stream: SseStream): SseReply {
  return new SseReply(stream, { onDrain: () => {} });
}

const big = (letter: string) => Buffer.from(letter.repeat(70_000));

describe('a stream of HTTP+SSE', () => {
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('mixes no other event into a response that comes in pieces', async () => {
    const { stream, text, response } = await connect();
    const first = reply(stream);
    const second = reply(stream);
    first.chunk(big('a'));
    assert.equal(second.chunk(big('b')), false, 'it must wait');
    stream.send('message', Buffer.from('whole'));
    stream.keepAlive();
    first.chunk(Buffer.from('A'));
    first.end();
    second.end();
    response.end();
    await eventually('the end', () => (response.writableFinished ? true : undefined));
    await eventually('all of it', () => (text().includes('whole\n\n') ? true : undefined));
    const data = text()
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => event.replace(/^event: message\ndata: /, '').slice(-6));
    assert.deepEqual(data.sort(), ['aaaaaA', 'bbbbbb', 'whole']);
  });

  it('voids a response that fails half-way: no client takes it for a message', async () => {
    const { stream, text, response } = await connect();
    const broken = reply(stream);
    broken.chunk(big('a'));
    broken.fail(Buffer.from('{"error":1}'));
    response.end();
    await eventually('the failure', () => (text().endsWith('{"error":1}\n\n') ? true : undefined));
    const [first = '', second] = text().split('\n\n');
    assert.match(first, /\nevent: abandoned$/);
    assert.equal(second, 'event: message\ndata: {"error":1}');
  });

  it('gives way when a cancelled response has not begun, or has', async () => {
    const { stream, text } = await connect();
    const holder = reply(stream);
    const waiting = reply(stream);
    holder.chunk(big('a'));
    waiting.chunk(big('b'));
    waiting.cancel();
    holder.cancel();
    stream.send('message', Buffer.from('next'));
    await eventually('the next', () => (text().endsWith('data: next\n\n') ? true : undefined));
    assert.ok(!text().includes('bbb'));
  });

  it('is cut when its client reads nothing, and everybody who waits for it ends', async () => {
    const { stream, response } = await connect({ lazy: true });
    let drained = 0;
    const stuck = new SseReply(stream, { onDrain: () => (drained += 1) });
    const closed = once(response, 'close');
    for (let n = 0; stuck.chunk(big('a')) && n < 1_000; n += 1);
    for (let n = 0; n < 300; n += 1) stream.send('message', big('b'));
    await closed;
    assert.ok(drained > 0);
    stream.send('message', Buffer.from('late'));
    stuck.end();
  });
});
