/** Guarantees of replies that are held until they are whole, over a real connection. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createHeldReplies } from '../../in-flight/held-replies.ts';
import { eventually } from '../../upstream/testing/test-upstreams.ts';
import type { HttpClient } from '../send.ts';
import { RestReply } from './rest-reply.ts';

const RESULT = Buffer.from('{"id":1,"result":{"content":[]}}');
/** More than any socket takes on its own. */
const LONG_RESULT = Buffer.from(`{"id":1,"result":{"content":"${'x'.repeat(20_000_000)}"}}`);
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
    const memory = createHeldReplies({ all: 1_000, perPrincipal: RESULT.length - 1 });
    const reply = new RestReply(client, {}, memory.open('alice'));
    assert.equal(reply.chunk(RESULT), true);
    reply.end(OK);
    assert.deepEqual([reply.status, reply.failure?.reason], [503, 'capacity']);
    assert.equal(memory.bytes, 0);
    await answered;
  });

  for (const [what, then] of [
    ['has read it', (response: IncomingMessage) => response.resume()],
    ['has left', (response: IncomingMessage) => response.destroy()],
  ] as const) {
    it(`counts until its client ${what}`, async () => {
      const { client, answered } = await newClient();
      const memory = createHeldReplies();
      const reply = new RestReply(client, {}, memory.open('alice'));
      reply.chunk(LONG_RESULT);
      reply.end(OK);
      assert.equal(reply.status, 200);
      const [response] = (await answered) as [IncomingMessage];
      assert.equal(memory.bytes, LONG_RESULT.length);
      then(response);
      await eventually('its memory to be free', () => memory.bytes === 0);
    });
  }
});
