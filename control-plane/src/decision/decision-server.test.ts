/** Guarantees of the listener that NGINX talks to. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, it } from 'node:test';
import type { Answer } from './answer.ts';
import { createDecisionServer } from './decision-server.ts';

let server: ReturnType<typeof createDecisionServer>;
let next: () => Answer;
let errors: unknown[];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeEach(async () => {
  errors = [];
  server = createDecisionServer(
    (_, respond) => respond(next()),
    (error) => errors.push(error),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const port = () => (server.address() as AddressInfo).port;

async function ask(path = '/decision', method = 'GET') {
  const sent = request({ port: port(), path, method, agent });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks = await response.toArray();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

it('no answer has a body, and all come over one connection', async () => {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const answers: Answer[] = [
    { status: 204, headers: ['x-sluice-decision', 'd'] },
    { status: 401, headers: ['content-length', '0', 'www-authenticate', 'Bearer'] },
    { status: 403, headers: ['content-length', '0', 'x-sluice-status', '429'] },
  ];
  for (const answer of answers) {
    next = () => answer;
    const { status, body, headers } = await ask();
    assert.equal(status, answer.status);
    assert.equal(body.length, 0);
    assert.equal(headers['transfer-encoding'], undefined);
  }
  assert.equal(connections, 1);
});

it('a fault in the loop is a 500, never a pass, and the next question is answered', async () => {
  next = () => {
    throw new Error('planted');
  };
  assert.equal((await ask()).status, 500);
  assert.match(String(errors[0]), /planted/);
  next = () => ({ status: 204, headers: [] });
  assert.equal((await ask()).status, 204);
});

it('anything but the question of NGINX is 404', async () => {
  next = () => ({ status: 204, headers: [] });
  assert.equal((await ask('/')).status, 404);
  assert.equal((await ask('/decision?x=1')).status, 404);
  assert.equal((await ask('/decision', 'DELETE')).status, 404);
});

it('an idle connection outlives the 60 s of NGINX', () => {
  assert.ok(server.keepAliveTimeout >= 75_000);
});

it('garbage on the socket closes that connection only', async () => {
  next = () => ({ status: 204, headers: [] });
  const socket = connect(port(), '127.0.0.1');
  socket.write('\0\0\0\0 this is no HTTP\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  assert.equal((await ask()).status, 204);
});
