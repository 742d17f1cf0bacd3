/** No decision, no traffic: a control plane that is dead, slow or talks nonsense (reference 2.2). */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, beforeEach, it } from 'node:test';
import { startNginx } from './testing/nginx-under-test.ts';
import { allowHeaders, type Handler } from './testing/planes.ts';
import { type Reply, send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const outgoing = { path: '/metamcp/dev/mcp', body: '{}' };

function assertUnavailable(reply: Reply): void {
  assert.equal(reply.status, 503);
  assert.equal(reply.headers['retry-after'], '1');
  assert.equal(reply.headers['content-type'], 'application/json');
  const { jsonrpc, id, error } = reply.json<{ jsonrpc: string; id?: unknown; error: RpcError }>();
  assert.deepEqual([jsonrpc, id], ['2.0', undefined]);
  assert.equal(error.data.reason, 'unavailable');
  assert.ok(error.code > -32000 || error.code < -32768, 'a code of our own');
  assert.equal(error.data.requestId, reply.headers['x-request-id']);
  assert.equal(nginx.planes.received.plugin.length, 0, 'nothing was proxied');
}

interface RpcError {
  readonly code: number;
  readonly data: { readonly reason: string; readonly requestId: string };
}

it('a control plane that is down is 503 with JSON and Retry-After, and the connection stays', async () => {
  await nginx.planes.stop('decision');
  const reply = await send(nginx.port, { ...outgoing, headers: { Connection: 'keep-alive' } });
  assertUnavailable(reply);
  assert.equal(reply.headers.connection, 'keep-alive');
});

it('a control plane that hangs is 503 within seconds', async () => {
  nginx.planes.handle('decision', () => {});
  const start = performance.now();
  assertUnavailable(await send(nginx.port, outgoing));
  assert.ok(performance.now() - start < 5_000);
});

const answers: Readonly<Record<string, Handler>> = {
  'resets the connection': (request) => request.socket.destroy(),
  'answers 200 without a decision': (_, response) => response.writeHead(200).end(),
  'answers 204 without a decision': (_, response) => response.writeHead(204).end(),
  'answers 200 with an empty decision': (_, response) =>
    response.writeHead(200, { 'X-Sluice-Decision': '' }).end(),
  'answers 200 with HTML': (_, response) => response.writeHead(200).end('<html>Welcome</html>'),
  ...Object.fromEntries(
    [300, 301, 302, 307, 400, 402, 404, 429, 500, 502, 503, 504].map((status) => [
      `answers ${status}`,
      (_, response) => response.writeHead(status, { ...allowHeaders('x'), Location: '/' }).end('x'),
    ]),
  ),
};
for (const [what, handler] of Object.entries(answers)) {
  it(`a control plane that ${what} is 503, never a pass`, async () => {
    nginx.planes.handle('decision', handler);
    assertUnavailable(await send(nginx.port, outgoing));
  });
}

it('a fault in the control plane costs the client no connection', async () => {
  nginx.planes.handle('decision', (_, response) => response.writeHead(500).end());
  const reply = await send(nginx.port, { ...outgoing, headers: { Connection: 'keep-alive' } });
  assertUnavailable(reply);
  assert.equal(reply.headers.connection, 'keep-alive');
});

it('a control plane that talks garbage is 503, never a pass', async () => {
  await nginx.planes.answerBytes('decision', 'X-Sluice-Decision: stolen\r\n\r\nnonsense');
  assertUnavailable(await send(nginx.port, outgoing));
});

it('a refusal without status or body is 403 with JSON', async () => {
  nginx.planes.handle('decision', (_, response) => response.writeHead(403).end());
  const reply = await send(nginx.port, outgoing);
  assert.equal(reply.status, 403);
  assert.equal(reply.json<{ error: RpcError }>().error.code, 403);
  assert.equal(nginx.planes.received.plugin.length, 0);
});

it('one failure marks nothing dead: the next request passes', async () => {
  await nginx.planes.stop('decision');
  for (let round = 0; round < 3; round += 1) await send(nginx.port, outgoing);
  await nginx.planes.start('decision');
  assert.equal((await send(nginx.port, outgoing)).status, 200);
});

it('a restart of the control plane between requests fails none of them', async () => {
  for (let round = 0; round < 20; round += 1) {
    assert.equal((await send(nginx.port, outgoing)).status, 200);
    await nginx.planes.stop('decision');
    await nginx.planes.start('decision');
  }
});

it('decisions are asked over kept-alive connections, one after the other', async () => {
  await send(nginx.port, outgoing);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = ['decision', 'plugin'].map((name) => nginx.planes.connections(name as 'plugin'));
  for (let round = 0; round < 10; round += 1) {
    await new Promise((resolve, reject) => {
      const sent = request({ port: nginx.port, path: outgoing.path, agent }, (response) =>
        response.resume().on('end', resolve),
      );
      sent.on('error', reject).end();
    });
  }
  agent.destroy();
  // Each worker has its own connections, and the client's lands on one of them.
  const after = ['decision', 'plugin'].map((name) => nginx.planes.connections(name as 'plugin'));
  assert.ok(after.every((count, index) => count - (before[index] ?? 0) <= 1));
});

it('a plugin that is down is 503 with JSON and Retry-After', async () => {
  await nginx.planes.stop('plugin');
  assertUnavailable(await send(nginx.port, outgoing));
});
