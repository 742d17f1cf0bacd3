/** Guarantees about replies that come faster than a client reads them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sampleSnapshot } from '../testing/sample-snapshot.ts';
import { startPlugin } from '../testing/start-plugin.ts';
import { openWireSession } from '../testing/wire-session.ts';
import { answer, startHttpStandIn } from '../upstream/testing/http-stand-in.ts';
import { eventually, serverOf } from '../upstream/testing/test-upstreams.ts';

/** More than the sockets on the way hold together. */
const LARGE_BYTES = 24 * 1024 * 1024;
const PIECE = 'x'.repeat(64 * 1024);

/** A server whose one tool answers with `{"text":"xxx…"}`, as fast as its socket takes it. */
function startLargeServer(pieces: number, events: boolean) {
  return startHttpStandIn(async (message, response) => {
    if (message.method === 'tools/list') {
      answer(response, message, { tools: [{ name: 'large', inputSchema: { type: 'object' } }] });
      return;
    }
    const type = events ? 'text/event-stream' : 'application/json';
    response.writeHead(200, { 'Content-Type': type });
    const start = `{"jsonrpc":"2.0","id":${message.id},"result":{"text":"`;
    await write(response, events ? `data: ${start}` : start);
    for (let piece = 0; piece < pieces; piece += 1) await write(response, PIECE);
    response.end(events ? '"}}\n\n' : '"}}');
  });
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (!response.write(text)) await once(response, 'drain');
}

for (const events of [false, true]) {
  const form = events ? 'an event stream' : 'JSON';
  for (const pieces of [2, LARGE_BYTES / PIECE.length]) {
    it(`a reply of ${pieces} × 64 kB as ${form} reaches a slow client whole`, async () => {
      await using server = await startLargeServer(pieces, events);
      const one = serverOf('one', { transport: 'streamable-http', url: server.url });
      await using plugin = await startPlugin(sampleSnapshot([one]));
      const session = await openWireSession(plugin);
      const params = { name: 'one__large' };
      const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
      const response = await session.open({ body });
      const chunks: Buffer[] = [];
      for await (const chunk of response) {
        chunks.push(chunk as Buffer);
        for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      }
      const reply = JSON.parse(Buffer.concat(chunks).toString());
      assert.equal(reply.result.text.length, pieces * PIECE.length);
      await eventually('its record', () => plugin.controlPlane.records().length > 0);
    });
  }
}
