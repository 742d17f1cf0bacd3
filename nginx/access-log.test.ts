/** One JSON line per request, with what operators ask for and nothing that must stay secret (reference 2.9, threat 40). */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach, it } from 'node:test';
import { waitFor } from '../scripts/testing/wait-for.ts';
import { exchangeBytes } from './testing/exchange-bytes.ts';
import { type AccessLine, startNginx } from './testing/nginx-under-test.ts';
import { send } from './testing/send.ts';

const nginx = await startNginx();
after(() => nginx[Symbol.asyncDispose]());
beforeEach(() => nginx.planes.reset());

const CANARY = 'mm_canary5ecret';
let marker = 0;

/** A path that no other request of this file has, to find the line by. */
function markedPath(): string {
  marker += 1;
  return `/metamcp/log-${marker}/mcp`;
}

async function lineOf(path: string): Promise<AccessLine> {
  const isIt = (line: AccessLine) => line.path === path;
  const lines = (await nginx.accessLog(isIt)).filter(isIt);
  assert.equal(lines.length, 1, 'one line');
  return lines[0] ?? {};
}

it('an allowed request is one JSON line with who, what, where, status and times', async () => {
  const path = markedPath();
  const headers = { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'a "quoted\\" name' };
  await send(nginx.port, { path: `${path}?x=1`, body: '{}', headers });
  const { time, request_id, duration_s, upstream_s, bytes_in, bytes_out, ...line } =
    await lineOf(path);
  assert.deepEqual(line, {
    client_ip: '127.0.0.1',
    method: 'POST',
    path,
    status: 200,
    upstream_status: '200',
    decision_status: '204',
    principal: 'alice',
    reason: '',
    endpoint: path.split('/')[2],
    mcp_method: 'tools/call',
    mcp_name: 'a "quoted\\" name',
  });
  assert.ok(!Number.isNaN(Date.parse(String(time))));
  assert.deepEqual(nginx.planes.received.plugin[0]?.headers['x-sluice-request-id'], [request_id]);
  assert.ok(Number(duration_s) >= 0 && Number(upstream_s) >= 0);
  assert.ok(Number(bytes_in) > 0 && Number(bytes_out) > 0);
});

it('the method and name that the plugin read in the body are logged, and no client sees them so', async () => {
  nginx.planes.handle('plugin', (_, response) => {
    const headers = { 'X-Sluice-Mcp-Method': 'tools/call', 'X-Sluice-Mcp-Name': 'git__push' };
    response.writeHead(200, headers).end('{}');
  });
  const path = markedPath();
  const reply = await send(nginx.port, { path, body: '{}', headers: { 'Mcp-Name': 'forged' } });
  assert.ok(!Object.keys(reply.headers).some((name) => name.startsWith('x-sluice')));
  const { mcp_method, mcp_name } = await lineOf(path);
  assert.deepEqual([mcp_method, mcp_name], ['tools/call', 'git__push']);
});

it('a refusal of the control plane is logged with its reason and principal', async () => {
  nginx.planes.handle('decision', (_, response) => {
    const refusal = { 'X-Sluice-Status': '429', 'X-Sluice-Reason': 'limit_exceeded' };
    response.writeHead(403, { ...refusal, 'X-Sluice-Principal': 'bob' }).end();
  });
  const path = markedPath();
  await send(nginx.port, { path, body: '{}' });
  const { status, reason, principal, decision_status, upstream_status } = await lineOf(path);
  assert.deepEqual(
    [status, reason, principal, decision_status, upstream_status],
    [429, 'limit_exceeded', 'bob', '403', ''],
  );
});

it('a control plane or plugin that is down is visible in the line', async () => {
  await nginx.planes.stop('decision');
  const first = markedPath();
  await send(nginx.port, { path: first });
  const undecided = await lineOf(first);
  assert.deepEqual(
    [undecided.status, undecided.reason, undecided.decision_status],
    [503, 'unavailable', '502'],
  );
  await nginx.planes.start('decision');
  await nginx.planes.stop('plugin');
  const second = markedPath();
  await send(nginx.port, { path: second });
  const unserved = await lineOf(second);
  assert.deepEqual(
    [unserved.status, unserved.reason, unserved.decision_status, unserved.upstream_status],
    [503, 'unavailable', '204', '502'],
  );
});

it('a client that goes away is 499', async () => {
  nginx.planes.handle('plugin', () => {});
  const path = markedPath();
  const controller = new AbortController();
  const sent = fetch(`http://127.0.0.1:${nginx.port}${path}`, { signal: controller.signal });
  await waitFor(() => nginx.planes.received.plugin.length > 0, 'the request at the plugin');
  controller.abort();
  await assert.rejects(sent);
  assert.equal((await lineOf(path)).status, 499);
});

it('bytes that are no text and long names do not break the line', async () => {
  const path = markedPath();
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`;
  const name = `good\xff\xfe\x80${'n'.repeat(5_000)}`;
  const bytes = Buffer.from(
    `${head}Mcp-Name: ${name}\r\nMcp-Method: ${'m'.repeat(500)}\r\n\r\n`,
    'latin1',
  );
  await exchangeBytes(nginx.port, bytes);
  const line = await lineOf(path);
  assert.equal(line.mcp_name, 'good');
  assert.equal(line.mcp_method, 'm'.repeat(64));
});

it('paths of others are cut at the first odd character', async () => {
  for (const odd of ['?a=b', '%3Fa=b', '"x', '\xff', '#f']) {
    const path = markedPath().replace('/mcp', '');
    const head = `GET ${path}${odd} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    await exchangeBytes(nginx.port, Buffer.from(head, 'latin1'));
    assert.equal((await lineOf(path)).path, path);
  }
});

it('no credential is in any log or file of NGINX, on success and on every failure', async () => {
  const headers = {
    Authorization: `Bearer ${CANARY}`,
    'X-API-Key': CANARY,
    Cookie: `a=${CANARY}`,
    'Proxy-Authorization': CANARY,
  };
  const path = `/metamcp/dev/mcp?api_key=${CANARY}&apikey=${CANARY}`;
  const everyWay = async () => {
    await send(nginx.port, { path, headers, body: 'x'.repeat(200_000) });
    await send(nginx.port, { path, headers });
    await send(nginx.port, { path, headers, body: Buffer.alloc(4 * 1024 * 1024 + 1) });
    for (const odd of [
      `/metamcp/dev/../x?api_key=${CANARY}`,
      `/metamcp/dev/mcp%3Fapi_key=${CANARY}`,
    ]) {
      await send(nginx.port, { path: odd, headers });
    }
    await send(nginx.port, { path: `/nothing?api_key=${CANARY}`, headers });
    await send(nginx.port, { path, headers: { ...headers, Host: 'evil' } });
    await send(nginx.port, { path: `/metamcp/dev/mcp?${'q'.repeat(17_000)}${CANARY}`, headers });
    await send(nginx.port, { path, headers: { ...headers, 'Mcp-Name': 'n'.repeat(17_000) } });
  };
  await everyWay();
  await nginx.planes.stop('plugin');
  await everyWay();
  await nginx.planes.start('plugin');
  nginx.planes.handle('decision', (_, response) => response.writeHead(500).end());
  await everyWay();
  await nginx.planes.stop('decision');
  await everyWay();
  const last = markedPath();
  await send(nginx.port, { path: last });
  await lineOf(last);
  for (const file of await readdir(nginx.dataDir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = await readFile(join(file.parentPath, file.name), 'latin1');
    assert.ok(!text.includes(CANARY), `${file.name}: ${text.slice(0, 2_000)}`);
  }
});

it('nothing at all is written to the error log by requests', async () => {
  assert.equal(await nginx.errorLog(), '');
});
