import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createResumableStreams } from '../streams/resumable-streams.ts';
import { HttpReply } from './http-reply.ts';

const BOTH = 'application/json, text/event-stream';
const RESPONSE = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{}}');
const FAILURE = Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":502,"message":"down"}}');

describe('a reply over HTTP', () => {
  const streams = createResumableStreams(Date.now);
  let revision = '2025-06-18';
  let server: Server;
  let write: (reply: HttpReply) => void;

  before(async () => {
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const openStream = () =>
        streams.open({ kind: 'reply', session: 's', revision, requestId: Buffer.from('1') });
      write(new HttpReply({ request, response }, { limits: {}, onDrain() {} }, openStream));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    streams.stop();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** What a client with this `Accept` gets when the reply is written like that. */
  async function reply(accept: string, how: (reply: HttpReply) => void) {
    write = how;
    const { port } = server.address() as AddressInfo;
    const [response] = (await once(
      get({ port, host: '127.0.0.1', headers: { accept }, agent: false }),
      'response',
    )) as [IncomingMessage];
    let text = '';
    let isComplete = true;
    try {
      for await (const piece of response) text += String(piece);
    } catch {
      isComplete = false;
    }
    return {
      status: response.statusCode,
      type: response.headers['content-type'],
      text: text.replace(/^id: r[0-9a-z]+-/gm, 'id: '),
      isComplete,
    };
  }

  it('is JSON of known length when nothing comes before it', async () => {
    const { type, text } = await reply(BOTH, (one) => {
      one.chunk(RESPONSE.subarray(0, 9));
      one.chunk(RESPONSE.subarray(9));
      one.end();
      assert.equal(one.bytes, RESPONSE.length);
      assert.equal(one.streaming, false);
    });
    assert.deepEqual([type, text], ['application/json', RESPONSE.toString()]);
  });

  it('becomes an event stream that shows life while a call takes long', async () => {
    const { type, text } = await reply(BOTH, (one) => {
      one.keepAlive();
      one.keepAlive();
      assert.equal(one.streaming, true);
      one.chunk(RESPONSE);
      one.end();
    });
    assert.equal(type, 'text/event-stream');
    assert.equal(text, `:\n\n:\n\nevent: message\nid: 1-MQ\ndata: ${RESPONSE}\n\n`);
  });

  it('stays JSON for a client that takes no event streams', async () => {
    const { type, text } = await reply('application/json', (one) => {
      one.keepAlive();
      one.notification(Buffer.from('{"jsonrpc":"2.0","method":"notifications/message"}'));
      one.chunk(RESPONSE);
      one.end();
    });
    assert.deepEqual([type, text], ['application/json', RESPONSE.toString()]);
  });

  it('is never torn by what comes in the middle of it', async () => {
    const large = Buffer.alloc(100_000, 0x20);
    const { text } = await reply(BOTH, (one) => {
      one.notification(Buffer.from('{}'));
      one.chunk(large);
      one.keepAlive();
      one.notification(Buffer.from('{"late":true}'));
      one.chunk(RESPONSE);
      one.end();
    });
    const first = 'event: message\nid: 1-MQ\ndata: {}\n\n';
    assert.equal(text, `${first}event: message\nid: 2-MQ\ndata: ${large}${RESPONSE}\n\n`);
  });

  it('that fails is replaced as long as nothing of it has gone out', async () => {
    const held = await reply(BOTH, (one) => {
      one.chunk(RESPONSE.subarray(0, 9));
      one.fail(FAILURE);
    });
    assert.equal(held.text, FAILURE.toString());
    const streamed = await reply(BOTH, (one) => {
      one.keepAlive();
      one.chunk(RESPONSE.subarray(0, 9));
      one.fail(FAILURE);
    });
    assert.equal(streamed.text, `:\n\nevent: message\nid: 1-MQ\ndata: ${FAILURE}\n\n`);
  });

  it('that fails in the middle is cut off, so that nobody takes it for whole', async () => {
    for (const accept of [BOTH, 'application/json']) {
      const cut = reply(accept, (one) => {
        one.chunk(Buffer.alloc(100_000, 0x20));
        one.fail(FAILURE);
      });
      // The cut may be quicker than the headers: either way nobody has a whole reply.
      const isComplete = await cut.then((seen) => seen.isComplete).catch(() => false);
      assert.equal(isComplete, false);
    }
  });

  it('that fails in the middle of an event makes the event void, and says why in the next', async () => {
    const large = Buffer.alloc(100_000, 0x20);
    const { text, isComplete } = await reply(BOTH, (one) => {
      one.keepAlive();
      one.chunk(large);
      one.fail(FAILURE);
    });
    const half = `event: message\nid: 1-MQ\ndata: ${large}\nevent: abandoned\n\n`;
    assert.equal(text, `:\n\n${half}event: message\nid: 2-MQ\ndata: ${FAILURE}\n\n`);
    assert.equal(isComplete, true);
  });

  it('in events begins with an id to come back with, for clients that know events without data', async () => {
    revision = '2025-11-25';
    const { text } = await reply(BOTH, (one) => {
      one.notification(Buffer.from('{}'));
      one.cancel();
    });
    const first = 'id: 0-MQ\nretry: 3000\ndata: \n\n';
    assert.equal(text, `${first}event: message\nid: 1-MQ\ndata: {}\n\n`);
    revision = '2025-06-18';
  });

  it('that is cancelled has no response', async () => {
    const quiet = await reply(BOTH, (one) => one.cancel());
    assert.deepEqual([quiet.status, quiet.text], [202, '']);
    const streaming = await reply(BOTH, (one) => {
      one.keepAlive();
      one.cancel();
    });
    assert.deepEqual([streaming.text, streaming.isComplete], [':\n\n', true]);
  });
});
