/** Guarantees of replies that are held until they are whole, over a real connection. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { HttpClient } from '../send.ts';
import { createHeldReplies } from './held-replies.ts';
import { RestReply } from './rest-reply.ts';

const RESULT = Buffer.from('{"id":1,"result":{"content":[]}}');
const OK = { isError: false };

describe('a held reply', () => {
  const server = createServer();
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = () => (server.address() as AddressInfo).port;

  async function newClient(): Promise<{ client: HttpClient; answered: Promise<unknown[]> }> {
    const sent = request({ port: port(), host: '127.0.0.1' });
    const answered = once(sent, 'response');
    sent.end();
    const [incoming, response] = await once(server, 'request');
    return { client: { request: incoming, response }, answered };
  }

  it('that finds no room is 503, and its record says that the call failed', async () => {
    const { client, answered } = await newClient();
    const memory = createHeldReplies(RESULT.length - 1);
    const reply = new RestReply(client, {}, memory);
    assert.equal(reply.chunk(RESULT), true);
    reply.end(OK);
    assert.deepEqual([reply.status, reply.failure?.reason], [503, 'capacity']);
    assert.equal(memory.bytes, 0);
    await answered;
  });
});
