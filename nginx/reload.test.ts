/** A reload loses no request, and keeps open streams (reference 2.8). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Agent, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { childrenOf } from './testing/children-of.ts';
import { startNginx } from './testing/nginx-under-test.ts';
import { openStream } from './testing/open-stream.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const path = '/metamcp/dev/mcp';

async function reload(): Promise<void> {
  const before = await childrenOf(nginx.pid);
  process.kill(nginx.pid, 'SIGHUP');
  await waitFor(async () => {
    const now = await childrenOf(nginx.pid);
    return now.some((pid) => !before.includes(pid));
  }, 'a new worker');
}

it('POSTs during two reloads all succeed', async () => {
  const agent = new Agent({ keepAlive: false });
  let reloading = true;
  const statuses: (number | string)[] = [];
  const client = async () => {
    while (reloading) statuses.push(await post(agent));
  };
  const clients = Array.from({ length: 4 }, client);
  await reload();
  await reload();
  await waitFor(() => statuses.length > 200, '200 requests');
  reloading = false;
  await Promise.all(clients);
  assert.deepEqual(new Set(statuses), new Set([200]));
});

it('an open stream goes on after a reload', async () => {
  const opened = new Promise<ServerResponse>((resolve) => {
    nginx.planes.handle('plugin', (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      resolve(response);
    });
  });
  const stream = await openStream({ port: nginx.port, path });
  const response = await opened;
  await reload();
  response.write('data: after\n\n');
  await stream.received('data: after\n\n');
  stream.abort();
});

it('old workers end their streams after 10 s at most', async () => {
  const config = await readFile(join(nginx.dataDir, 'nginx/nginx.conf'), 'utf8');
  assert.match(config, /^worker_shutdown_timeout 10s;/m);
});

it('no upstream is named by a host that could stop NGINX from starting', async () => {
  const text = await readFile(join(nginx.dataDir, 'nginx/sluice-http.conf'), 'utf8');
  const servers = [...text.matchAll(/^ {4}server "?([^" ]+)/gm)].map(
    ([, address]) => address ?? '',
  );
  assert.equal(servers.length, 4);
  for (const address of servers) assert.match(address, /^(unix:\/|127\.0\.0\.1:)/);
});

function post(agent: Agent): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port: nginx.port, path, method: 'POST', agent });
    sent.on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', (error) => resolve(String(error)));
    });
    sent.on('error', (error) => resolve(String(error))).end('{}');
  });
}
