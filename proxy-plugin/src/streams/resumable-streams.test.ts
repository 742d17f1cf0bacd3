import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../upstream/testing/test-upstreams.ts';
import { parseEventId } from './event-id.ts';
import { type EventStream, RESUME_MS } from './event-stream.ts';
import { createResumableStreams, MAX_KEPT_BYTES } from './resumable-streams.ts';

const clock = { now: 1_000 };
const MESSAGE = Buffer.from('{"n":1}');
const REPLY = {
  kind: 'reply',
  session: 's',
  revision: '2025-11-25',
  requestId: Buffer.from('7'),
} as const;

/** One connection of a client. */
interface Connection {
  readonly response: ServerResponse;
  text(): string;
  lastId(): string;
  leave(): Promise<void>;
}

describe('a resumable stream', () => {
  const streams = createResumableStreams(() => clock.now);
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => {
    response.writeHead(200).flushHeaders();
    responses.push(response);
  });
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(async () => {
    streams.stop();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function connect(): Promise<Connection> {
    const { port } = server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', agent: false });
    const [incoming] = (await once(request, 'response')) as [IncomingMessage];
    const response = responses.pop();
    assert.ok(response);
    let text = '';
    incoming
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    const gone = once(response, 'close');
    return {
      response,
      text: () => text,
      lastId: () =>
        text
          .match(/^id: .*$/gm)
          ?.at(-1)
          ?.slice(4) ?? '',
      async leave() {
        request.destroy();
        await gone;
      },
    };
  }

  /** Connects to the stream; `after` is an id that the client has got. */
  async function join(stream: EventStream, after?: string): Promise<Connection> {
    const connection = await connect();
    stream.connect(
      connection.response,
      after === undefined ? undefined : parseEventId(after)?.event,
    );
    return connection;
  }

  const dataOf = (connection: Connection) =>
    connection
      .text()
      .match(/^data: .+$/gm)
      ?.map((line) => line.slice(6)) ?? [];

  it('goes on after the event that its client got last, and sends none twice', async () => {
    const stream = streams.open(REPLY);
    const first = await join(stream);
    stream.tell(Buffer.from('1'));
    await eventually('the first', () => dataOf(first).length === 1);
    const got = first.lastId();
    await first.leave();
    assert.equal(stream.tell(Buffer.from('2')), true);
    const second = await join(stream, got);
    stream.tell(Buffer.from('3'));
    stream.end();
    await eventually('the rest', () => dataOf(second).length === 2);
    assert.deepEqual(dataOf(second), ['2', '3']);
    const third = await join(stream, first.lastId());
    await eventually('the rest again', () => dataOf(third).length === 2);
  });

  it('is found by its session only, and by nobody after 60 s', async () => {
    const stream = streams.open(REPLY);
    const connection = await join(stream);
    stream.send(MESSAGE);
    stream.end();
    await eventually('the message', () => dataOf(connection).length === 1);
    const id = parseEventId(connection.lastId());
    assert.ok(id);
    assert.equal(streams.find('another', id), undefined);
    assert.equal(streams.find('s', { ...id, kind: 'session' }), undefined);
    clock.now += RESUME_MS - 1;
    streams.expire();
    assert.equal(streams.find('s', id), stream);
    clock.now += 1;
    streams.expire();
    assert.equal(streams.find('s', id), undefined);
  });

  it('of a call that is under way is kept, however long its client is away', async () => {
    const stream = streams.open(REPLY);
    const connection = await join(stream);
    await eventually('the greeting', () => connection.lastId() !== '');
    await connection.leave();
    clock.now += RESUME_MS;
    streams.expire();
    assert.equal(stream.tell(MESSAGE), false, 'nobody asks a client that has gone for good');
    stream.send(MESSAGE);
    const again = await join(stream, connection.lastId());
    await eventually('the reply', () => dataOf(again).length === 1);
    stream.drop();
  });

  it('gives a message in pieces whole to a client that saw half of it', async () => {
    const stream = streams.open(REPLY);
    const first = await join(stream);
    stream.write([Buffer.from('{"half":')]);
    await eventually('one half', () => first.text().includes('half'));
    await first.leave();
    const second = await join(stream, first.text().match(/^id: (.*)$/m)?.[1]);
    stream.write([Buffer.from('"whole"}')]);
    stream.end();
    await eventually('the message', () => dataOf(second).length === 1);
    assert.deepEqual(dataOf(second), ['{"half":"whole"}']);
  });

  it('says that a reply was lost which was too large to be kept', async () => {
    const stream = streams.open(REPLY);
    const first = await join(stream);
    await eventually('the greeting', () => first.lastId() !== '');
    await first.leave();
    for (let piece = 0; piece < 20; piece += 1) stream.write([Buffer.alloc(100_000, 0x20)]);
    const second = await join(stream, first.lastId());
    await eventually('the error', () => dataOf(second).length === 1);
    const { id, error } = JSON.parse(dataOf(second)[0] ?? '');
    assert.deepEqual([id, error.data.reason], [7, 'reply_lost']);
    stream.end();
    stream.drop();
  });

  it('keeps nothing of a message that came to no good end', async () => {
    for (const pieces of [1, 20]) {
      const stream = streams.open(REPLY);
      for (let n = 0; n < pieces; n += 1) stream.write([Buffer.alloc(100_000, 0x20)]);
      stream.abandonMessage();
      stream.send(MESSAGE);
      stream.end();
      const connection = await join(stream, 'r1-0');
      await eventually('the message', () => dataOf(connection).length > 0);
      assert.deepEqual(dataOf(connection), [MESSAGE.toString()]);
    }
  });

  it('keeps no more than it may, and less of what ended than of what goes on', async () => {
    const open = streams.open(REPLY);
    open.send(MESSAGE);
    for (let n = 0; n < 60; n += 1) {
      const stream = streams.open(REPLY);
      stream.send(Buffer.alloc(900_000, 0x20));
      stream.end();
      assert.ok(streams.keptBytes <= MAX_KEPT_BYTES);
    }
    const again = await join(open, 'r1-0');
    await eventually('the message', () => dataOf(again).length === 1);
    const idle = streams.open({ ...REPLY, kind: 'session' });
    const before = streams.keptBytes;
    for (let n = 0; n < 1_000; n += 1) idle.send(Buffer.alloc(500, 0x20));
    assert.ok(streams.keptBytes - before <= 64 * 1024);
    streams.endSession('s');
    assert.deepEqual([streams.size, streams.keptBytes], [0, 0]);
  });
});
